use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, NpmCommand};
use crate::manifest::name::Name;

check! {
    /// A package without a name cannot be published.
    ///
    /// npm 11 notices this only when it validates the tag, so its message is about a tag with
    /// an empty name.
    ///
    /// npm says: `EINVALIDTAGNAME Invalid tag name "@latest" of package "@latest"`.
    id: "name-missing",
    level: Error,
    summary: "package.json has no name",
    basis: Registry,
    silence: LeavesOpen,
    rests_on: [Name],
    remedy: {
        help "" => PkgSet "name=my-package";
    },
}

fn run(facts: &Facts) -> Verdict {
    if facts.package.name != Name::Missing || super::is_remote(facts) {
        return Ok(Vec::new());
    }
    let finding = Finding::new("package.json has no name")
        .at(if facts.package.manifest.object.contains_key("name") {
            "/name"
        } else {
            ""
        })
        .predicts(
            "EINVALIDTAGNAME",
            "Invalid tag name \"@latest\" of package \"@latest\"",
        )
        .run(NpmCommand::pkg_set("name", "my-package"));
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, only, quiet};

    #[test]
    fn fires_without_a_name_and_with_an_empty_one() {
        assert!(
            only(run(&fake_of(json!({ "version": "1.0.0" }))))
                .message
                .contains("no name")
        );
        assert!(
            only(run(&fake_of(json!({ "name": "", "version": "1.0.0" }))))
                .place
                .is_some()
        );
    }

    #[test]
    fn stays_quiet_with_a_name() {
        assert!(quiet(&run(&fake())));
    }

    #[test]
    fn an_invalid_name_is_left_to_another_check() {
        assert!(quiet(&run(&fake_of(
            json!({ "name": ".cat", "version": "1.0.0" })
        ))));
    }
}
