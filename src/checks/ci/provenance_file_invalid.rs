use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;
use crate::plan::{BundleFault, ProvenanceFile};

check! {
    /// npm also sends the statement in `provenance-file`, and refuses one that is not for this
    /// package.
    ///
    /// The file must be a sigstore bundle whose statement names one package, with exactly this
    /// name and version. `provenance` and `provenance-file` exclude each other in npm's
    /// settings, even if one of them is `false`. A dry run reads no file.
    ///
    /// npm says: `Invalid provenance provided: …`, `No dsseEnvelope with payload found in
    /// sigstore bundle`, `Provenance subject … does not match the package: …`, `--provenance
    /// cannot be provided when using --provenance-file`.
    id: "provenance-file-invalid",
    level: Error,
    summary: "the file in provenance-file is invalid, or for another package",
    basis: CommandLine,
    silence: LeavesOpen,
    rests_on: [Name, Version, Provenance],
    remedy: {
        why "the provenance file does not match this package, or is used together with --provenance";
        help "name the bundle that was made for this package and version, from the same tarball \
            that is published";
        help "or use --provenance in CI instead";
    },
}

fn run(facts: &Facts) -> Verdict {
    let package = &facts.package;
    if let Some((written, other, origin)) = &package.provenance.excluded {
        let finding = Finding::new(format!(
            "both `{written}` and `{other}` are set, but npm accepts only one of them"
        ))
        .set_by(origin)
        .predicts(
            "",
            format!("--{written} cannot be provided when using --{other}"),
        )
        .help(format!(
            "remove {written} or {other}; `safe-publish config` shows what sets them"
        ));
        return Ok(vec![finding]);
    }
    let Some(file) = &package.provenance_file else {
        return Ok(Vec::new());
    };
    if package.dry_run || package.manifest.is_private() || !facts.npm()?.signs_provenance() {
        return Ok(Vec::new());
    }
    let finding = match &file.content {
        Err(fault) => Some(faulty(file, fault)),
        Ok(bundle) => package
            .purl
            .as_ref()
            .filter(|purl| **purl != bundle.subject)
            .map(|purl| other_subject(file, &bundle.subject, purl)),
    };
    Ok(finding.into_iter().collect())
}

fn faulty(file: &ProvenanceFile, fault: &BundleFault) -> Finding {
    let path = file.path.display();
    let (message, code, says) = match fault {
        BundleFault::Missing => (
            format!("{path}, which provenance-file names, does not exist"),
            "ENOENT",
            "Invalid provenance provided: ENOENT: no such file or directory",
        ),
        BundleFault::Unreadable(reason) => (
            format!("{path}, which provenance-file names, cannot be read: {reason}"),
            "",
            "Invalid provenance provided",
        ),
        BundleFault::NotJson => (
            format!("{path} is not JSON"),
            "",
            "Invalid provenance provided",
        ),
        BundleFault::NoEnvelope => (
            format!("{path} is not a sigstore bundle: it has no dsseEnvelope with a payload"),
            "",
            "No dsseEnvelope with payload found in sigstore bundle",
        ),
        BundleFault::BadPayload => (
            format!("the payload in {path} is not JSON in base64"),
            "",
            "Failed to parse payload from dsseEnvelope",
        ),
        BundleFault::NoSubject => (
            format!("the statement in {path} has no subject"),
            "",
            "No subject found in sigstore bundle payload",
        ),
        BundleFault::SeveralSubjects => (
            format!("the statement in {path} has several subjects"),
            "",
            "Found more than one subject in the sigstore bundle payload",
        ),
    };
    Finding::new(message)
        .set_by(&file.origin)
        .predicts(code, says)
        .help("name the bundle that was made for this package and version, or omit provenance-file")
}

fn other_subject(file: &ProvenanceFile, subject: &str, purl: &str) -> Finding {
    Finding::new(format!(
        "the statement in {} is about {subject}, but this is {purl}",
        file.path.display()
    ))
    .set_by(&file.origin)
    .predicts(
        "",
        format!("Provenance subject {subject} does not match the package: {purl}"),
    )
    .help("make a statement for this version, or publish the version that it names")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet};
    use crate::origin::Origin;
    use crate::plan::Bundle;

    fn with(content: Result<&str, BundleFault>) -> Facts {
        fake().with(|facts| {
            facts.package.provenance_file = Some(ProvenanceFile {
                path: "/bundle.json".into(),
                origin: Origin::Default,
                content: content.map(|subject| Bundle {
                    subject: subject.to_owned(),
                }),
            });
        })
    }

    #[test]
    fn fires_on_what_npm_refuses() {
        for fault in [
            BundleFault::Missing,
            BundleFault::NotJson,
            BundleFault::NoEnvelope,
            BundleFault::BadPayload,
            BundleFault::NoSubject,
            BundleFault::SeveralSubjects,
        ] {
            only(run(&with(Err(fault))));
        }
        let finding = only(run(&with(Ok("pkg:npm/cat@2.0.0"))));
        assert!(
            finding
                .predicts
                .unwrap()
                .text
                .ends_with("pkg:npm/cat@1.0.0")
        );
    }

    #[test]
    fn stays_quiet_on_this_packages_statement_and_in_a_dry_run() {
        assert!(quiet(&run(&with(Ok("pkg:npm/cat@1.0.0")))));
        assert!(quiet(&run(&fake())));
        let dry = with(Err(BundleFault::Missing)).with(|facts| facts.package.dry_run = true);
        assert!(quiet(&run(&dry)));
    }

    #[test]
    fn fires_beside_provenance() {
        let facts = fake().with(|facts| {
            facts.package.provenance.excluded = Some((
                "provenance".to_owned(),
                "provenance-file".to_owned(),
                Origin::Default,
            ));
        });
        assert!(
            only(run(&facts))
                .predicts
                .unwrap()
                .text
                .contains("cannot be provided")
        );
    }
}
