// Reads documents from standard input, a JSON array of {kind, text}, and prints
// a JSON array with the complaints about each. Arguments: the folder with the
// validators, and the folder with the schemas.
const fs = require('node:fs')
const path = require('node:path')

const [modules, schemas] = process.argv.slice(2)
const load = name => require(path.join(modules, 'node_modules', name))
const schema = name => fs.readFileSync(path.join(schemas, name), 'utf8')

const Ajv = load('ajv')
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })
load('ajv-formats')(ajv)
const sarif = ajv.compile(JSON.parse(schema('sarif-2.1.0.json')))
const Ajv2020 = load('ajv/dist/2020')
// Further fields are allowed by our schemas, but none may stay undescribed.
const closed = value => {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(closed)
  const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, closed(inner)]))
  return 'properties' in copy && 'required' in copy ? { ...copy, additionalProperties: false } : copy
}
const ownFolder = path.join(schemas, '../../schemas')
const ownSchemas = fs.readdirSync(ownFolder).map(name => closed(JSON.parse(schema(path.join('../../schemas', name)))))
const ajv2020 = new Ajv2020({ strict: false, allErrors: true, schemas: ownSchemas })
const owns = Object.fromEntries(ownSchemas.map(({ $id }) => [path.basename($id, '.schema.json'), ajv2020.getSchema($id)]))
const { validateXML } = load('xmllint-wasm')

async function complaints ({ kind, text }) {
  if (kind === 'sarif') {
    return sarif(JSON.parse(text)) ? [] : sarif.errors.map(error => `${error.instancePath} ${error.message}`)
  }
  if (kind in owns) {
    return owns[kind](JSON.parse(text)) ? [] : owns[kind].errors.map(error => `${error.instancePath} ${error.message}`)
  }
  const result = await validateXML({ xml: { fileName: 'report.xml', contents: text }, schema: schema('junit-10.xsd') })
  return result.errors.map(error => error.rawMessage)
}

async function main () {
  const documents = JSON.parse(fs.readFileSync(0, 'utf8'))
  const answers = []
  for (const document of documents) answers.push(await complaints(document))
  console.log(JSON.stringify(answers))
}

main()
