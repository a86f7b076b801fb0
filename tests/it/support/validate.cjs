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
const own = kind => {
  const file = path.join(schemas, '../../schemas', `${kind}.schema.json`)
  return new Ajv2020({ strict: false, allErrors: true }).compile(JSON.parse(fs.readFileSync(file, 'utf8')))
}
const owns = { 'report-1': own('report-1'), 'explanation-1': own('explanation-1') }
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
