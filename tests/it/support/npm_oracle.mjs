// Answers questions about configuration with the modules of a real npm.
// usage: node npm_oracle.mjs <npm's own folder>
// Each line of standard input is a JSON array of questions; each is answered
// by a line with the array of answers. Ends when standard input does.
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import readline from 'node:readline'

const root = process.argv[2]
const require = createRequire(join(root, 'lib', 'npm.js'))
const load = name => require(join(root, 'node_modules', name))

const ini = load('ini')
const nopt = load('nopt')
const npa = load('npm-package-arg')
const fetch = load('npm-registry-fetch')
const Config = load('@npmcli/config')
// npm 10 has no list of the last parts of keys, for it says nothing of them.
const LAST_PARTS =
  ['_auth', '_authToken', '_password', 'certfile', 'email', 'keyfile', 'username']
const { definitions, flatten, nerfDarts = LAST_PARTS, shorthands } =
  load('@npmcli/config/lib/definitions')
const nerfDart = load('@npmcli/config/lib/nerf-dart.js')
const getAuth = load('npm-registry-fetch/lib/auth.js')

const types = Object.fromEntries(
  Object.entries(definitions).map(([key, { type }]) => [key, type]))

// npm's modules say what they warn about to whoever listens.
let warnings = []
process.on('log', (level, ...words) => warnings.push(words.map(String)))

// A value that says its own type, where JSON does not.
const plain = value =>
  value === undefined ? { undefined: true }
  : typeof value === 'number' ? { number: String(value) }
  : Array.isArray(value) ? value.map(plain)
  : value instanceof Date ? { date: true }
  : value !== null && typeof value === 'object' ? { object: true }
  : typeof value === 'string' ? value.toWellFormed()
  : value

const plainObject = object =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key.toWellFormed(), plain(value)]))

const typeName = type =>
  type === null ? 'null'
  : typeof type === 'function' ? (type.name === 'URL' ? 'Url' : type.name)
  : typeof type === 'object' ? (type.join ? 'path' : 'Url')
  : typeof type === 'number' ? `is ${type}`
  : JSON.stringify(type)

const failure = ({ code, message, problems }) =>
  ({ error: code ?? 'none', message: String(message).toWellFormed(), problems })

const caught = ask => {
  try {
    return ask()
  } catch (error) {
    return failure(error)
  }
}

// The options that npm hands to the PUT: publishConfig over its own, as
// lib/commands/publish.js does it.
const withPublishConfig = (config, publishConfig) => {
  const opts = { ...config.flat }
  if (publishConfig) {
    const flags = config.data.get('cli').raw
    flatten(Object.fromEntries(
      Object.entries(publishConfig).filter(([key]) => !(key in flags))), opts)
  }
  return opts
}

const request = (name, opts) => caught(() => {
  const spec = npa.resolve(name, '1.0.0')
  const registry = fetch.pickRegistry(spec, opts)
  const url = `${registry.trim().replace(/\/?$/g, '')}/${spec.escapedName}`
  const auth = getAuth(url, { ...opts, spec })
  return {
    registry,
    url,
    key: auth.regKey ? `${auth.regKey}:${auth.authKey}` : null,
    authorization: auth.token ? `Bearer ${auth.token}` : auth.auth ? `Basic ${auth.auth}` : null,
  }
})

const gate = (config, registry) => caught(() => {
  const credentials = config.getCredentialsByURI(registry)
  const { token, username, certfile, keyfile } = credentials
  return { open: !!(token || username || (certfile && keyfile)), key: nerfDart(registry) }
})

const answers = {
  definitions () {
    const all = Object.entries(types).map(([key, type]) =>
      [key, [].concat(type).map(type => type === undefined ? 'undefined' : typeName(type))])
    return { all: Object.fromEntries(all), shorthands, exclusive: Object.fromEntries(
      Object.entries(definitions).map(([key, { exclusive }]) => [key, exclusive ?? []])) }
  },

  ini ({ text }) {
    return { read: plainObject(ini.parse(text)) }
  },

  arguments ({ args, cwd, home }) {
    process.chdir(cwd)
    process.env.HOME = home
    const [invalid, abbreviated, loose] = [[], [], []]
    nopt.invalidHandler = (key, value) => invalid.push([key, plain(value)])
    nopt.abbrevHandler = (short, long) => abbreviated.push([short, long])
    nopt.unknownHandler = (key, next) => next && loose.push([key, next])
    try {
      const { argv, ...flags } = nopt(types, shorthands, args, 0)
      const unknown = Object.keys(flags).filter(key => {
        const base = key.split(':').pop()
        const isKnown = definitions[key] || ['npm-version', 'global-prefix', 'local-prefix'].includes(key) ||
          (key.includes(':') && (definitions[base] || nerfDarts.includes(base)))
        return !isKnown
      })
      return { flags: plainObject(flags), positionals: argv.remain, invalid, abbreviated, loose, unknown }
    } finally {
      nopt.invalidHandler = nopt.abbrevHandler = nopt.unknownHandler = null
    }
  },

  // npm's way from its start to the PUT, with all that decides it.
  async config ({ args, cwd, env, npm, node, name, publishConfig, keys }) {
    process.chdir(cwd)
    process.env.HOME = env.HOME
    if (homedir() !== env.HOME) {
      throw new Error('the home folder is not taken')
    }
    const config = new Config({
      npmPath: npm, definitions, flatten, nerfDarts, shorthands, cwd,
      argv: [node, npm, ...args], env: { ...env }, execPath: node, warn: false,
    })
    warnings = []
    await config.load()
    const loaded = {
      remain: config.parsedArgv.remain,
      localPrefix: config.localPrefix,
      implicit: config.get('workspace', 'default')?.[0] ?? null,
      sources: [...config.data].map(([where, { source, loadError }]) =>
        [where, source, loadError?.code ?? null]),
      entries: Object.fromEntries([...config.data].filter(([where]) => where !== 'default')
        .map(([where, { data }]) => [where, plainObject(data)])),
    }
    // npm asks for its colours here, before anything is validated.
    void config.flat
    const scope = config.get('scope')
    if (scope && !/^@/.test(scope)) {
      config.set('scope', `@${scope}`, config.find('scope'))
    }
    try {
      config.validate()
      if (config.get('workspaces') === false && config.get('workspace').length) {
        throw new Error('Cannot use --no-workspaces and --workspace at the same time')
      }
    } catch (error) {
      return { ...loaded, refused: failure(error) }
    }
    const invalid = warnings.filter(([title, setting]) => title === 'invalid config' && /=/.test(setting) && !/^Must/.test(setting))
      .map(([, setting, place]) => [setting.slice(0, setting.indexOf('=')), place.replace(/^set in /, '')])
    const opts = withPublishConfig(config, publishConfig)
    const put = request(name, opts)
    const gated = gate(config, put.registry)
    const got = request(name, { ...config.flat, registry: put.registry })
    return {
      ...loaded,
      invalid,
      get: Object.fromEntries(keys.map(key => [key, [config.find(key), plain(config.get(key))]])),
      global: !!(config.get('global') || config.get('location') === 'global'),
      isDefaultTag: config.isDefault('tag') && !publishConfig?.tag,
      options: Object.fromEntries(
        ['defaultTag', 'access', 'provenance', 'provenanceFile', 'otp', 'scope', 'proxy', 'httpsProxy',
          'noProxy', 'strictSSL', 'timeout', 'ca', 'retry', 'cert', 'key'].map(key =>
          [key, key === 'retry' ? plainObject(opts[key] ?? {}) : plain(opts[key])])),
      put,
      gate: gated,
      got,
    }
  },
}

const answer = async question => {
  try {
    return await answers[question.ask](question)
  } catch (error) {
    return failure(error)
  }
}

readline.createInterface({ input: process.stdin }).on('line', async line => {
  const results = []
  for (const question of JSON.parse(line)) {
    results.push(await answer(question))
  }
  process.stdout.write(JSON.stringify(results) + '\n')
})
