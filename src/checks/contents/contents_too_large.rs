use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Level};
use crate::pack::Packed;
use crate::registry::kinds::{TarballLimit, traits};

check! {
    /// The tarball is larger than the registry accepts, or than your own limit.
    ///
    /// npm sends the tarball as text in JSON, which makes it a third larger. npmjs documents no
    /// limit; it has refused packages above about 200 MB, so there is a warning from 150 MB.
    /// GitHub Packages accepts less than 256 MB, Azure Artifacts 500 MB; more is an error, and
    /// so is more than `contents.maxSize` in the settings. npmjs has also refused packages with
    /// more than 50,000 files. The size is known only for an existing tarball; for a folder the
    /// smallest possible size is used (a thousandth of the files' size).
    ///
    /// npm says: `E413 Payload Too Large`, `E415 Too many files`.
    id: "contents-too-large",
    level: Error,
    summary: "the package is larger than the registry accepts",
    basis: Destination,
    silence: LeavesOpen,
    remedy: {
        why "the package is larger than {host}, or a proxy in front of it, accepts; it grows by a third on the way (base64)";
        help LEAVE_OUT;
        help "or ask for a higher limit: npmjs about 200 MB, GitHub 256 MB, Verdaccio 10 MB \
            (max_body_size), nginx 1 MB (client_max_body_size)";
        asks "what makes it large?" => "safe-publish files";
    },
    on Verdaccio: {
        why "the package is larger than Verdaccio's max_body_size (10 MB by default), or than a \
            proxy in front of it accepts";
        help LEAVE_OUT;
        help "or raise max_body_size in Verdaccio's config.yaml, and client_max_body_size in nginx";
        asks "what makes it large?" => "safe-publish files";
    },
}

const MB: u64 = 1_000_000;
/// npmjs has refused 65,284 files.
const WARN_FILES: usize = 50_000;

const LEAVE_OUT: &str = "leave files out that users do not need; safe-publish files shows sizes";

fn run(facts: &Facts) -> Verdict {
    let Some(contents) = facts.contents() else {
        return Ok(Vec::new());
    };
    let packed = &contents.packed;
    let findings = [
        by_settings(facts, packed),
        by_registry(facts, packed),
        by_count(packed),
    ];
    Ok(findings.into_iter().flatten().collect())
}

/// The smallest possible size of the tarball: gzip cannot compress better than about 1:1032.
fn least(packed: &Packed) -> u64 {
    packed.packed_size.unwrap_or(packed.unpacked_size() / 1032)
}

fn size(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(MB))
}

/// The user's own limit.
fn by_settings(facts: &Facts, packed: &Packed) -> Option<Finding> {
    let limit = facts.settings.contents.max_size?;
    let finding = Finding::new(format!(
        "the tarball has {}, but contents.maxSize in the settings allows {}",
        size(least(packed)),
        size(limit)
    ));
    (least(packed) > limit).then(|| finding.help("leave files out, or raise contents.maxSize"))
}

/// The registry's limit.
fn by_registry(facts: &Facts, packed: &Packed) -> Option<Finding> {
    let finding = match traits(facts.kind).tarball {
        TarballLimit::Documented(limit) if least(packed) > limit => Finding::new(format!(
            "the tarball has {}, but this registry accepts {}",
            size(least(packed)),
            size(limit)
        )),
        TarballLimit::Observed(limit) => {
            let probable = packed.packed_size.unwrap_or(packed.unpacked_size() / 4);
            let finding = Finding::new(format!(
                "the package has about {}, and {} has refused packages above 200 MB",
                size(probable),
                facts.kind
            ));
            (probable > limit).then(|| finding.level(Level::Warning))?
        }
        _ => return None,
    };
    Some(
        finding
            .predicts("E413", "Payload Too Large")
            .help(LEAVE_OUT),
    )
}

/// npmjs's limit on the number of files.
fn by_count(packed: &Packed) -> Option<Finding> {
    let count = packed.files.len();
    let finding = Finding::new(format!(
        "the package has {count} files, and npmjs has refused 65,284"
    ))
    .predicts("E415", "Too many files")
    .help("leave files out, or put them into an archive")
    .level(Level::Warning);
    (count > WARN_FILES).then_some(finding)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::facts::fake::{only, packed, quiet};
    use crate::registry::kind::RegistryKind;

    fn with(packed_size: u64) -> Facts {
        packed(&["a.js"], |contents| {
            Arc::make_mut(&mut contents.packed).packed_size = Some(packed_size);
        })
    }

    #[test]
    fn fires_on_the_users_own_limit() {
        let facts = with(2_000).with(|facts| {
            Arc::make_mut(&mut facts.settings).contents.max_size = Some(1_000);
        });
        assert_eq!(only(run(&facts)).level, None);
    }

    #[test]
    fn fires_on_a_documented_limit_and_warns_on_npmjs() {
        let github = with(300 * MB).with(|facts| facts.kind = RegistryKind::GitHub);
        assert_eq!(only(run(&github)).level, None);
        assert_eq!(only(run(&with(160 * MB))).level, Some(Level::Warning));
    }

    #[test]
    fn stays_quiet_on_what_fits() {
        assert!(quiet(&run(&with(100 * MB))));
    }
}
