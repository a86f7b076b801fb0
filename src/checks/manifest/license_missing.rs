use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, NpmCommand};

check! {
    /// The package does not state the terms under which it may be used.
    ///
    /// `license` is missing, or is neither an SPDX expression nor `SEE LICENSE IN <file>` nor
    /// `UNLICENSED`. Without a licence nobody may use the package, and the registry firewalls
    /// of many companies block it.
    ///
    /// npm says: nothing.
    id: "license-missing",
    level: Warning,
    summary: "package.json has no valid licence",
    basis: Commit,
    silence: LeavesOpen,
    remedy: {
        help "write an SPDX expression such as `MIT`, or `UNLICENSED` if nobody may use it" => PkgSet "license=MIT";
    },
}

fn run(facts: &Facts) -> Verdict {
    if super::is_remote(facts) {
        return Ok(Vec::new());
    }
    let Some(license) = facts.package.manifest.license() else {
        let finding = Finding::new("package.json has no licence").step(
            "set your licence, for example",
            NpmCommand::pkg_set("license", "MIT"),
        );
        return Ok(vec![finding]);
    };
    let text = license.text.trim();
    let says = text.eq_ignore_ascii_case("UNLICENSED")
        || text.to_ascii_uppercase().starts_with("SEE LICEN")
        || super::expression(text).is_some();
    if says {
        return Ok(Vec::new());
    }
    let shown = crate::secret::excerpt(text, 60);
    let finding = Finding::new(format!("`{shown}` is not an SPDX expression"))
        .at(&license.pointer)
        .help(
            "https://spdx.org/licenses lists the identifiers; `SEE LICENSE IN <file>` refers to a file",
        );
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::facts::fake::{fake_of, only, quiet};

    fn licensed(value: &Value) -> Facts {
        fake_of(json!({ "name": "cat", "version": "1.0.0", "license": value }))
    }

    #[test]
    fn fires_without_a_licence_and_on_unknown_ones() {
        for value in [json!(null), json!("do what you like"), json!("see file")] {
            assert_eq!(only(run(&licensed(&value))).level, None, "{value}");
        }
        let missing = fake_of(json!({ "name": "cat", "version": "1.0.0" }));
        assert_eq!(only(run(&missing)).message, "package.json has no licence");
    }

    #[test]
    fn stays_quiet_on_what_people_write() {
        for text in [
            "MIT",
            "(MIT OR Apache-2.0)",
            "GPL-3.0",
            "GPL-2.0+",
            "Apache-2.0 WITH LLVM-exception",
            "LicenseRef-Acme",
            "UNLICENSED",
            "SEE LICENSE IN LICENSE.md",
            "SEE LICENCE IN LICENCE",
        ] {
            assert!(quiet(&run(&licensed(&json!(text)))), "{text}");
        }
        assert!(quiet(&run(&licensed(&json!({ "type": "MIT" })))));
    }
}
