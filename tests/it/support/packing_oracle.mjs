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

for await (const line of createInterface({ input: process.stdin })) {
  let timer
  const late = new Promise((resolve, reject) => { timer = setTimeout(() => reject(new Error('no answer')), 20000) })
  const answer = await Promise.race([packed(JSON.parse(line)), late]).catch(error => ({ error: String(error.message ?? error) }))
  clearTimeout(timer)
  console.log(JSON.stringify(answer))
}
