use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::facts::contents::Target;
use crate::finding::Finding;
use crate::manifest::escape_pointer;

check! {
    /// A condition in `exports` follows `default`, or `exports` hides the package's types.
    ///
    /// Conditions are tried in order, and `default` always matches: TypeScript never sees
    /// `types` after it, and Node never sees `import` after it. If package.json has `exports`,
    /// TypeScript (with `moduleResolution` node16, nodenext or bundler) ignores `types` at the
    /// top level: it needs a condition `types`, or a declaration next to the file (`a.d.ts`
    /// next to `a.js`). publint and attw (`@arethetypeswrong/cli`) check types more thoroughly.
    ///
    /// npm says: nothing.
    id: "contents-types",
    level: Warning,
    summary: "`exports` hides types, or a condition after `default`",
    basis: Commit,
    silence: LeavesOpen,
    remedy: {
        help "put `default` last, and `types` first";
    },
}

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    let manifest = &facts.package.manifest;
    if let Some(exports) = manifest.object.get("exports") {
        // The order of keys is that of the text.
        manifest.each_object("/exports", &mut |above, keys| {
            let mut way = above.iter();
            let object = way.try_fold(exports, |value, key| value.get(key));
            if object
                .and_then(|it| it.get("default"))
                .is_some_and(always_leads)
            {
                findings.extend(behind_default(above, keys));
            }
        });
        findings.extend(hidden_types(facts, exports));
    }
    Ok(findings)
}

/// The types that package.json names at the top level, if `exports` leads to none.
fn hidden_types(facts: &Facts, exports: &Value) -> Option<Finding> {
    let contents = facts.contents()?;
    let object = &facts.package.manifest.object;
    let mut entries = contents.entries.iter();
    let types = entries.find(|entry| matches!(entry.pointer.as_str(), "/types" | "/typings"))?;
    let files = contents.packed.files.iter();
    let packed: HashSet<&str> = files.map(|file| file.path.as_str()).collect();
    let is_packed = |path: &str| packed.contains(path);
    let mut targets = Vec::new();
    let root = root_of(exports)?;
    if object.contains_key("typesVersions") || !strings(root, &mut targets) {
        return None;
    }
    let paths = targets.iter().map(|it| it.trim_start_matches("./"));
    let paths: Vec<&str> = paths.filter(|path| is_packed(path)).collect();
    let has_types = |path: &&str| declaration(path).is_none_or(|path| is_packed(&path));
    let is_hidden = matches!(types.target, Target::Packed(_))
        && !paths.is_empty()
        && !paths.iter().any(has_types);
    let finding = Finding::new(format!(
        "TypeScript does not find `{}`: `exports` replaces `types`, and leads to no types",
        types.written
    ))
    .at(&types.pointer)
    .help(format!(
        "add the condition \"types\": \"./{}\", as the first one, to `exports`",
        types.written.trim_start_matches("./")
    ));
    is_hidden.then_some(finding)
}

/// What `exports` has for the package itself.
fn root_of(exports: &Value) -> Option<&Value> {
    let has_paths = |object: &Map<String, Value>| object.keys().any(|key| key.starts_with('.'));
    match exports {
        Value::Object(object) if has_paths(object) => object.get("."),
        other => Some(other),
    }
}

/// Collects the targets of all conditions. `false` if one is for types, or there is a list of
/// targets.
fn strings<'a>(value: &'a Value, into: &mut Vec<&'a str>) -> bool {
    match value {
        Value::String(target) => into.push(target),
        Value::Object(object) => {
            return object
                .iter()
                .all(|(condition, value)| !condition.starts_with("types") && strings(value, into));
        }
        Value::Array(_) => return false,
        _ => {}
    }
    true
}

/// The declarations next to a JavaScript file. `None` for other files.
fn declaration(path: &str) -> Option<String> {
    let (stem, extension) = path.rsplit_once('.')?;
    let declared = match extension {
        "js" | "jsx" => "ts",
        "mjs" => "mts",
        "cjs" => "cts",
        _ => return None,
    };
    Some(format!("{stem}.d.{declared}"))
}

/// Whether a target is found whatever the conditions are.
fn always_leads(value: &Value) -> bool {
    match value {
        Value::String(_) | Value::Null => true,
        Value::Object(object) => object.get("default").is_some_and(always_leads),
        _ => false,
    }
}

/// The first of an object's keys that is never reached.
fn behind_default(above: &[String], keys: &[String]) -> Option<Finding> {
    // Of a duplicate key the last one counts.
    let default = keys.iter().rposition(|key| key == "default")?;
    let first = keys.get(default + 1)?;
    let message =
        format!("`{first}` comes after `default`, which always matches: it is never reached");
    let path = above.iter().chain([first]);
    let pointer: Vec<String> = path.map(|key| escape_pointer(key)).collect();
    Some(Finding::new(message).at(&format!("/exports/{}", pointer.join("/"))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::contents::{Entry, EntryKind};
    use crate::facts::fake::{fake, only, packed_of, quiet};
    use crate::manifest::Manifest;

    fn with(exports: &str) -> Facts {
        let text = format!("{{\"name\": \"cat\", \"exports\": {exports}}}");
        fake().with(|facts| {
            let path = std::path::Path::new("package.json");
            facts.package.manifest = Manifest::parse(path, text.as_bytes()).unwrap();
        })
    }

    #[test]
    fn fires_on_a_condition_after_default() {
        let finding = only(run(&with(
            r#"{".": {"default": "./a.js", "types": "./a.d.ts"}}"#,
        )));
        assert!(finding.message.contains("`types`"));
    }

    #[test]
    fn stays_quiet_where_default_is_last() {
        assert!(quiet(&run(&with(
            r#"{".": {"types": "./a.d.ts", "default": "./a.js"}}"#
        ))));
        assert!(quiet(&run(&with(r#""./a.js""#))));
        let falls_through = r#"{"default": {"node": "./a.js"}, "import": "./b.js"}"#;
        assert!(quiet(&run(&with(falls_through))));
    }

    /// A package whose `types` is index.d.ts, with these `exports` and files.
    fn typed(exports: &Value, files: &[&str]) -> Facts {
        let manifest = json!({ "name": "cat", "types": "./index.d.ts", "exports": exports });
        packed_of(manifest, files, |contents| {
            contents.entries = vec![Entry {
                kind: EntryKind::Types,
                written: "./index.d.ts".to_owned(),
                pointer: "/types".to_owned(),
                target: Target::Packed("index.d.ts".to_owned()),
            }];
        })
    }

    #[test]
    fn fires_where_exports_lead_to_no_types() {
        let files = ["index.d.ts", "dist/a.js", "dist/a.mjs"];
        for exports in [
            json!("./dist/a.js"),
            json!({ ".": { "import": "./dist/a.mjs", "require": "./dist/a.js" } }),
            json!({ "import": "./dist/a.mjs" }),
        ] {
            let finding = only(run(&typed(&exports, &files)));
            assert!(finding.message.contains("index.d.ts"), "{exports}");
        }
    }

    #[test]
    fn stays_quiet_where_typescript_finds_types_or_nothing_is_built() {
        let files = [
            "index.d.ts",
            "dist/a.js",
            "dist/b.mjs",
            "dist/b.d.mts",
            "c.ts",
        ];
        for exports in [
            json!({ ".": { "import": "./dist/a.js", "types": "./index.d.ts" } }),
            json!({ ".": { "import": { "types": "./x.d.ts" }, "require": "./dist/a.js" } }),
            json!({ ".": "./dist/b.mjs" }),
            json!({ "import": "./dist/b.mjs", "require": "./dist/a.js" }),
            json!({ ".": "./c.ts" }),
            json!({ ".": "./lib/not-built.js" }),
            json!({ "./sub": "./dist/a.js" }),
            json!([{ "import": "./dist/a.js" }, "./dist/a.js"]),
        ] {
            assert!(quiet(&run(&typed(&exports, &files))), "{exports}");
        }
    }
}
