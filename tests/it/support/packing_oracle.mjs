// What npm packs, asked of npm's own modules in this process:
//   node packing_oracle.mjs NPM
// One question a line on standard input, {"folder", "prefix", "cwd", "workspaces"}; one answer a line on standard
// output: {"files": [[path, size, mode, hardLink]]} in the tarball's order, or {"error": text}.
import { createInterface } from 'node:readline'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const npm = process.argv[2]
const load = createRequire(join(npm, 'package.json'))
const [Arborist, packlist, pacote, tar] = ['@npmcli/arborist', 'npm-packlist', 'pacote', 'tar'].map(name => load(name))
process.umask(0o022)

async function packed ({ folder, prefix, cwd, workspaces }) {
  process.chdir(cwd)
  const options = { prefix, workspaces, ignoreScripts: true, Arborist, preferOnline: true }
  const data = await pacote.tarball(`file:${folder}`, options)
  const files = []
  const list = tar.t({
    onReadEntry: entry => files.push([entry.path.replace(/^package\//, ''), entry.size, entry.mode, entry.type === 'Link']),
  })
  list.end(data)
  return { files }
}

// A promise that is rejected once nothing is under way that could still lead to an answer: npm itself then ends
// with "Exit handler never called!".
function stall () {
  let checks = 0
  let timer
  const stalled = new Promise((resolve, reject) => {
    timer = setInterval(() => {
      const busy = process.getActiveResourcesInfo().some(kind => !['PipeWrap', 'Timeout'].includes(kind))
      checks = busy ? 0 : checks + 1
      if (checks === 3) reject(new Error('no answer'))
    }, 50)
  })
  return { stalled, end: () => clearInterval(timer) }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { stalled, end } = stall()
  const answer = await Promise.race([packed(JSON.parse(line)), stalled]).catch(error => ({ error: String(error.message ?? error) }))
  end()
  console.log(JSON.stringify(answer))
}
