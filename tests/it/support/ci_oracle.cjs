// Reads a JSON array of environments from standard input and prints what npm's own
// ci-info makes of each. The argument is npm's folder.
const fs = require('node:fs')
const path = require('node:path')

const [root] = process.argv.slice(2)
const file = require.resolve(path.join(root, 'node_modules', 'ci-info'))

const answers = JSON.parse(fs.readFileSync(0, 'utf8')).map(environment => {
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, environment)
  delete require.cache[file]
  const info = require(file)
  return {
    name: info.name,
    pullRequest: info.isPR,
    github: !!info.GITHUB_ACTIONS,
    gitlab: !!info.GITLAB,
    circle: !!info.CIRCLE,
  }
})
console.log(JSON.stringify(answers))
