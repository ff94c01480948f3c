import { testAccess } from './access.js'

testAccess('light')
