/** Main: puts the console into its page. */
import { render } from 'preact'
import './style/console.css'
import { App } from './app.js'
import { followHistory } from './route.js'
import { applyTheme } from './theme.js'

applyTheme()
followHistory()
const place = document.getElementById('app')
if (place) {
  place.replaceChildren()
  render(<App />, place)
}
