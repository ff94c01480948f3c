/** Theme: light or dark, as the system has it unless somebody has chosen. */
import { signal } from '@preact/signals'
import { recall, remember } from './memory.js'

export type Theme = 'system' | 'light' | 'dark'
const THEMES: readonly Theme[] = ['system', 'light', 'dark']

export const theme = signal<Theme>(THEMES.find((each) => each === recall('theme')) ?? 'system')

/** Changes with every theme, for what is drawn and not styled. */
export const themeVersion = signal(0)

export function applyTheme(): void {
  const { dataset } = document.documentElement
  if (theme.value === 'system') delete dataset['theme']
  else dataset['theme'] = theme.value
  themeVersion.value++
}

export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'system'
  remember('theme', theme.value)
  applyTheme()
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', applyTheme)

/** A colour of the style sheet, for a canvas. */
export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
