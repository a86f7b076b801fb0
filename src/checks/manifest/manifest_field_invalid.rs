use serde_json::{Map, Value};

use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;
use crate::manifest::js::{is_truthy, truthy};

check! {
    /// A field of package.json has a value that npm cannot read, so npm fails immediately.
    ///
    /// `main`, `directories.bin`, `directories.man` and `readme` must be strings, and so must
    /// the elements of a `bin` array; an element of `contributors` or `maintainers` must not be
    /// `null`. Falsy values (`null`, `0`, `""`) count as missing. npm does not read
    /// `directories` if `bin` or `man` is set, and reads `readme` only if the description is
    /// missing. npm drops other fields of a wrong type, or sends them unchanged. (Measured: 50
    /// fields with 50 wrong values each, with npm 10, 11 and 12.)
    ///
    /// npm says: `The "main" attribute must be of type string.`, `ref.replace is not a
    /// function`, `description.trim is not a function`, `ERR_INVALID_ARG_TYPE The "path"
    /// argument must be of type string`, or `Cannot read properties of null (reading 'name')`.
    id: "manifest-field-invalid",
    level: Error,
    summary: "a field of package.json has a value that npm cannot read",
    basis: Commit,
    silence: LeavesOpen,
    remedy: {
        why "npm fails at a field of package.json that has the wrong type";
        help "write the field as a string, or remove it";
        asks "which one is not a string?" => PkgGet "main bin directories contributors readme";
    },
}

/// Two fields in `directories`: npm reads each only if the top-level field with its name has no
/// value.
const FOLDERS: [&str; 2] = ["bin", "man"];
const PERSON_FIELDS: [&str; 2] = ["contributors", "maintainers"];

fn run(facts: &Facts) -> Verdict {
    if super::is_remote(facts) {
        return Ok(Vec::new());
    }
    let manifest = &facts.package.manifest.object;
    let all = main(manifest)
        .into_iter()
        .chain(bins(manifest))
        .chain(FOLDERS.into_iter().filter_map(|key| folder(manifest, key)))
        .chain(readme(manifest))
        .chain(
            PERSON_FIELDS
                .into_iter()
                .filter_map(|key| people(manifest, key)),
        );
    Ok(all.collect())
}

fn main(manifest: &Map<String, Value>) -> Option<Finding> {
    truthy(manifest, "main").filter(|main| !main.is_string())?;
    let finding = not_text("main", "/main");
    Some(finding.predicts("", "The \"main\" attribute must be of type string."))
}

fn bins(manifest: &Map<String, Value>) -> Option<Finding> {
    let paths = manifest.get("bin")?.as_array()?;
    let (at, path) = paths
        .iter()
        .enumerate()
        .find(|(_, path)| !path.is_string())?;
    let finding = not_text(&format!("element {at} of bin"), &format!("/bin/{at}"));
    Some(finding.predicts(
        "ERR_INVALID_ARG_TYPE",
        format!(
            "The \"path\" argument must be of type string. Received {}",
            received(path)
        ),
    ))
}

/// Node's description of a value of the wrong type.
fn received(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => format!("type boolean ({value})"),
        Value::Number(value) => format!("type number ({value})"),
        Value::String(text) => format!("type string ('{text}')"),
        Value::Array(_) => "an instance of Array".to_owned(),
        Value::Object(_) => "an instance of Object".to_owned(),
    }
}

fn folder(manifest: &Map<String, Value>, key: &str) -> Option<Finding> {
    let value = manifest.get("directories")?.get(key)?;
    if value.is_string() || !is_truthy(value) || truthy(manifest, key).is_some() {
        return None;
    }
    let finding = not_text(
        &format!("directories.{key}"),
        &format!("/directories/{key}"),
    );
    Some(finding.predicts("", "ref.replace is not a function"))
}

fn readme(manifest: &Map<String, Value>) -> Option<Finding> {
    let has_description = truthy(manifest, "description").is_some_and(Value::is_string);
    truthy(manifest, "readme").filter(|readme| !has_description && !readme.is_string())?;
    let finding = not_text("readme", "/readme");
    Some(finding.predicts("", "description.trim is not a function"))
}

fn people(manifest: &Map<String, Value>, key: &str) -> Option<Finding> {
    let people = manifest.get(key)?.as_array()?;
    let at = people.iter().position(Value::is_null)?;
    Some(
        Finding::new(format!(
            "element {at} of {key} is null, which npm cannot read"
        ))
        .at(&format!("/{key}/{at}"))
        .predicts("", "Cannot read properties of null (reading 'name')")
        .help("write a person, or remove the element"),
    )
}

fn not_text(what: &str, pointer: &str) -> Finding {
    Finding::new(format!("{what} is not a string, so npm cannot read it")).at(pointer)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, only, quiet};
    use crate::plan::Spec;

    fn with(fields: &Value) -> Facts {
        let mut manifest = json!({ "name": "cat", "version": "1.0.0" });
        let all = manifest.as_object_mut().unwrap();
        all.extend(fields.as_object().unwrap().clone());
        fake_of(manifest)
    }

    #[test]
    fn fires_where_npm_ends() {
        for (fields, says) in [
            (
                json!({ "main": 5 }),
                "The \"main\" attribute must be of type string.",
            ),
            (
                json!({ "main": {} }),
                "The \"main\" attribute must be of type string.",
            ),
            (
                json!({ "bin": ["x", null] }),
                "must be of type string. Received null",
            ),
            (
                json!({ "bin": [{}] }),
                "string. Received an instance of Object",
            ),
            (json!({ "bin": [5] }), "string. Received type number (5)"),
            (
                json!({ "directories": { "bin": 5 } }),
                "ref.replace is not a function",
            ),
            (
                json!({ "directories": { "man": {} }, "man": "" }),
                "ref.replace is not a function",
            ),
            (
                json!({ "readme": true, "description": 5 }),
                "description.trim is not a function",
            ),
            (
                json!({ "contributors": ["x", null] }),
                "null (reading 'name')",
            ),
            (json!({ "maintainers": [null] }), "null (reading 'name')"),
        ] {
            let finding = only(run(&with(&fields)));
            assert!(finding.predicts.unwrap().text.ends_with(says), "{fields}");
        }
    }

    #[test]
    fn fires_on_a_tarball() {
        let facts = with(&json!({ "main": 5 }));
        only(run(&facts.with(|facts| facts.package.spec = Spec::Tarball)));
    }

    #[test]
    fn stays_quiet_where_npm_goes_on() {
        assert!(quiet(&run(&fake())));
        for fields in [
            json!({ "main": 0 }),
            json!({ "main": "", "bin": 5 }),
            json!({ "bin": { "x": 5 } }),
            json!({ "directories": { "bin": 5, "man": 5 }, "bin": "x", "man": ["x"] }),
            json!({ "directories": 5 }),
            json!({ "directories": { "bin": 0 } }),
            json!({ "readme": 5, "description": "x" }),
            json!({ "readme": 0 }),
            json!({ "contributors": { "a": null }, "maintainers": [5] }),
            json!({ "author": [null] }),
        ] {
            assert!(quiet(&run(&with(&fields))), "{fields}");
        }
    }
}
