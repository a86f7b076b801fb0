use serde_json::Value;

use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;
use crate::manifest::escape_pointer;

check! {
    /// A condition in `exports` follows `default`, and is never reached.
    ///
    /// Conditions are tried in their order, and `default` always holds: `types` after it is never seen
    /// by TypeScript, `import` after it never by Node. For types as a whole, publint and
    /// attw (`@arethetypeswrong/cli`) look deeper.
    ///
    /// npm says: nothing.
    id: "contents-types",
    level: Warning,
    summary: "a condition in `exports` comes after `default`",
    basis: Commit,
    silence: LeavesOpen,
    remedy: {
        help "put `default` last";
    },
}

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    let manifest = &facts.package.manifest;
    if let Some(exports) = manifest.object.get("exports") {
        // The order of keys is that of the text.
        let place = |pointer: &str| manifest.locate(pointer).map(|span| span.start);
        visit(exports, "/exports", &place, &mut findings);
    }
    Ok(findings)
}

fn visit(
    value: &Value,
    pointer: &str,
    place: &dyn Fn(&str) -> Option<usize>,
    findings: &mut Vec<Finding>,
) {
    let Value::Object(object) = value else { return };
    let at = |key: &str| format!("{pointer}/{}", escape_pointer(key));
    let default = object
        .contains_key("default")
        .then(|| place(&at("default")))
        .flatten();
    if let Some(default) = default {
        let mut behind: Vec<(usize, &String)> = object
            .keys()
            .filter(|key| *key != "default")
            .filter_map(|key| Some((place(&at(key))?, key)))
            .filter(|(start, _)| *start > default)
            .collect();
        behind.sort_unstable();
        if let Some((_, first)) = behind.first() {
            findings.push(
                Finding::new(format!(
                    "`{first}` comes after `default`, which always matches: it is never reached"
                ))
                .at(&at(first)),
            );
        }
    }
    for (key, value) in object {
        visit(value, &at(key), place, findings);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet};
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
    }
}
