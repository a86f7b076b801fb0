use serde_json::Value;

use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;
use crate::manifest::{Manifest, escape_pointer};
use crate::plan::Spec;

check! {
    /// npm does not pack a folder with a dependency whose version is not a string.
    ///
    /// A number, `null`, an array or an object instead of the version makes npm fail when it
    /// reads the tree: in `dependencies`, `devDependencies`, `optionalDependencies` and
    /// `peerDependencies`. npm first drops from `dependencies` what is also in
    /// `optionalDependencies`. A tarball is not read.
    ///
    /// npm says: `must provide string spec`.
    id: "dependency-invalid",
    level: Error,
    summary: "a dependency's version is not a string",
    basis: Commit,
    silence: LeavesOpen,
    rests_on: [Tree],
    remedy: {
        help "write the range as a string: `\"1.x\"` for `1`";
        asks "which one is not a string?" => PkgGet "dependencies peerDependencies optionalDependencies";
    },
}

const FIELDS: [&str; 4] = [
    "peerDependencies",
    "dependencies",
    "optionalDependencies",
    "devDependencies",
];

fn run(facts: &Facts) -> Verdict {
    if facts.package.spec != Spec::Folder {
        return Ok(Vec::new());
    }
    let manifest = &facts.package.manifest;
    let findings = FIELDS
        .into_iter()
        .flat_map(|field| of_field(manifest, field));
    Ok(findings.collect())
}

fn of_field(manifest: &Manifest, field: &str) -> Vec<Finding> {
    let optional = manifest.object.get("optionalDependencies");
    let is_dropped = |name: &str| {
        let is_optional = optional.and_then(|optional| optional.get(name)).is_some();
        field == "dependencies" && is_optional
    };
    let entries: Vec<(String, &Value)> = match manifest.object.get(field) {
        Some(Value::Object(all)) => all
            .iter()
            .map(|(name, spec)| (name.clone(), spec))
            .collect(),
        Some(Value::Array(all)) => (0..).map(|at: usize| at.to_string()).zip(all).collect(),
        _ => Vec::new(),
    };
    entries
        .into_iter()
        .filter(|(name, spec)| !spec.is_string() && !is_dropped(name))
        .map(|(name, spec)| {
            let finding = Finding::new(format!("the version of {name} in {field} is not a string"))
                .at(&format!("/{field}/{}", escape_pointer(&name)))
                .predicts("", "must provide string spec");
            match spec {
                Value::Number(number) => finding.help(format!("write \"{number}\"")),
                _ => finding.help("write a version range as a string, or remove the dependency"),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, only, quiet};

    fn with(field: &str, value: &Value) -> Facts {
        fake_of(json!({ "name": "cat", "version": "1.0.0", field: value }))
    }

    #[test]
    fn fires_on_anything_but_a_string() {
        for spec in [json!(1), json!(null), json!(true), json!(["1"]), json!({})] {
            for field in FIELDS {
                let finding = only(run(&with(field, &json!({ "x": spec }))));
                assert_eq!(finding.predicts.unwrap().text, "must provide string spec");
            }
        }
        only(run(&with("dependencies", &json!([5]))));
    }

    #[test]
    fn stays_quiet_where_npm_packs() {
        assert!(quiet(&run(&fake())));
        for (field, value) in [
            ("dependencies", json!({ "x": "" })),
            ("dependencies", json!("x")),
            ("dependencies", json!(null)),
            ("devDependencies", json!(["x@1"])),
            ("peerDependenciesMeta", json!({ "x": 5 })),
        ] {
            assert!(quiet(&run(&with(field, &value))), "{field}: {value}");
        }
        let dropped = fake_of(json!({
            "name": "cat",
            "version": "1.0.0",
            "dependencies": { "x": 5 },
            "optionalDependencies": { "x": "1" },
        }));
        assert!(quiet(&run(&dropped)));
    }

    #[test]
    fn stays_quiet_on_a_tarball() {
        let facts = with("dependencies", &json!({ "x": 5 }))
            .with(|facts| facts.package.spec = Spec::Tarball);
        assert!(quiet(&run(&facts)));
    }
}
