/** The command line's entry: hands the arguments over and turns the answer into an exit code. */
import { endWithReader } from '../cli/broken-pipe.js'
import { main } from '../cli/main.js'

endWithReader()
process.exitCode = await main(process.argv.slice(2))
