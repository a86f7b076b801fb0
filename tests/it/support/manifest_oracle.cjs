// Answers questions about manifests with the modules of a real npm.
// usage: node manifest_oracle.cjs <npm's own folder>
// Each line of standard input is a JSON array of questions; each is answered
// by a line with the array of answers. Ends when standard input does.
'use strict'

const { join } = require('node:path')
const readline = require('node:readline')

const root = process.argv[2]
const load = name => require(join(root, 'node_modules', name))

const semver = load('semver')
const PackageJson = load('@npmcli/package-json')
const npa = load('npm-package-arg')
const validateName = load('validate-npm-package-name')
const { minimatch, Minimatch } = load('minimatch')
const getWorkspaces = require(join(root, 'lib', 'utils', 'get-workspaces.js'))

// The same module as it behaves on Windows.
const npaOnWindows = (() => {
  const path = require.resolve(join(root, 'node_modules', 'npm-package-arg'))
  const saved = require.cache[path]
  const platform = process.platform
  delete require.cache[path]
  Object.defineProperty(process, 'platform', { value: 'win32' })
  const windows = require(path)
  Object.defineProperty(process, 'platform', { value: platform })
  require.cache[path] = saved
  return windows
})()

const normalized = async (content, steps) =>
  (await new PackageJson().fromContent({ ...content }).normalize({ steps })).content

const answers = {
  async name ({ value }) {
    const content = value === undefined ? {} : { name: value }
    const { name } = await normalized(content, ['fixName', 'fixNameField'])
    if (!name) {
      return { missing: true }
    }
    npa.resolve(name, '1.0.0')
    return { name, warnings: validateName(name).warnings || [] }
  },

  async version ({ value }) {
    const content = value === undefined ? {} : { version: value }
    const { version } = await normalized(content, ['fixVersionField'])
    return version ? { version: semver.clean(version) } : { missing: true }
  },

  range ({ text, version, loose }) {
    return {
      valid: semver.validRange(text, { loose }) !== null,
      satisfies: semver.satisfies(version, text, { loose }),
    }
  },

  compare ({ a, b }) {
    const clean = text => semver.valid(text, true) && semver.clean(text, true)
    const [left, right] = [clean(a), clean(b)]
    return left && right && semver.clean(left) && semver.clean(right)
      ? semver.compare(left, right) : null
  },

  spec ({ argument, windows }) {
    const { type, fetchSpec, hosted } = (windows ? npaOnWindows : npa)(argument)
    const shortcut = !!hosted && hosted.type === 'github' && hosted.default === 'shortcut'
    return { type, shortcut, path: fetchSpec }
  },

  async json ({ text }) {
    const { content } = new PackageJson().fromJSON(text)
    return { content: JSON.stringify(content) }
  },

  async repository ({ content }) {
    const { repository } = await normalized(content, ['fixRepositoryField'])
    return { url: repository?.url ?? null }
  },

  glob ({ path, pattern, partial, plain }) {
    return plain
      ? new Minimatch(pattern, { dot: true, nocomment: true, nonegate: true }).match(path)
      : minimatch(path, pattern, { partial, windowsPathsNoEscape: false })
  },

  async tarball ({ path, cache }) {
    const options = { cache, fullMetadata: true, fullReadJson: true }
    const { name } = await load('pacote').manifest(`file:${path}`, options)
    return { name }
  },

  async workspaces ({ root: path, filters, cwd, includeWorkspaceRoot, relativeFrom }) {
    process.chdir(cwd)
    const found = await getWorkspaces(filters, { path, includeWorkspaceRoot, relativeFrom })
    return { found: [...found.entries()].map(([name, folder]) => [name ?? '', folder]) }
  },
}

const answer = async question => {
  try {
    return await answers[question.ask](question)
  } catch (error) {
    const { code, message } = error
    return { error: true, code: code ?? null, message: message.toWellFormed() }
  }
}

readline.createInterface({ input: process.stdin }).on('line', async line => {
  // What npm's modules log is not for here.
  process.removeAllListeners('log')
  const results = []
  for (const question of JSON.parse(line)) {
    results.push((await answer(question)) ?? null)
  }
  process.stdout.write(JSON.stringify(results) + '\n')
})
