import { MemoryElection } from '../../../infra/memory/election.js'
import { electionConformance } from '../election-conformance.js'

const elections = new Map<string, MemoryElection>()

electionConformance(async (name, tell) => {
  const election = elections.get(name) ?? new MemoryElection()
  elections.set(name, election)
  const { handle, end } = election.port(tell)
  return { handle, end: async () => end() }
})
