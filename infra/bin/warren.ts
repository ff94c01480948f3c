/** The command line's entry: hands the arguments over and turns the answer into an exit code. */
import { main } from '../cli/main.js'

process.exitCode = await main(process.argv.slice(2))
