use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Level};
use crate::registry::kind::RegistryKind;

check! {
    /// The tarball is larger than the registry takes, or than the user's own limit.
    ///
    /// npm sends the tarball as text in JSON, a third larger than it is. npmjs documents no limit; above
    /// about 200 MB it has refused, so that 150 MB is a warning. GitHub Packages takes less than 256 MB,
    /// Azure Artifacts 500 MB; those are errors. So is more than `contents.maxSize` of the settings. Above
    /// 50,000 files npmjs has refused, too. The size of the tarball is known only where it is there
    /// already; for a folder, the least that it can be is reckoned with (a thousandth of the files' size).
    ///
    /// npm says: `E413 Payload Too Large`, `E415 Too many files`.
    id: "contents-too-large",
    level: Error,
    summary: "the package is larger than the registry takes",
    basis: Destination,
    silence: LeavesOpen,
    remedy: {
        why "the package is larger than {host}, or a proxy in front of it, accepts; it grows by a third on the way (base64)";
        help LEAVE_OUT;
        help "or have the limit raised: npmjs about 200 MB, GitHub 256 MB, Verdaccio 10 MB (max_body_size), nginx 1 MB (client_max_body_size)";
        asks "what makes it large?" => "safe-publish files";
    },
    on Verdaccio: {
        why "the package is larger than Verdaccio's max_body_size (10 MB by default), or than the proxy before it accepts";
        help LEAVE_OUT;
        help "or raise max_body_size in Verdaccio's config.yaml, and client_max_body_size in nginx";
        asks "what makes it large?" => "safe-publish files";
    },
}

const MB: u64 = 1_000_000;
/// npmjs has refused tarballs above about 200 MB.
const NPMJS_WARNING: u64 = 150 * MB;
/// npmjs has refused 65,284 files.
const MANY_FILES: usize = 50_000;

const LEAVE_OUT: &str = "leave files out that users do not need; safe-publish files shows sizes";

fn run(facts: &Facts) -> Verdict {
    let Some(contents) = facts.contents() else {
        return Ok(Vec::new());
    };
    let packed = &contents.packed;
    // gzip cannot do better than about 1:1032.
    let least = packed.packed_size.unwrap_or(packed.unpacked_size() / 1032);
    let exact = packed.packed_size.is_some();
    let mut findings = Vec::new();
    let size = |bytes: u64| format!("{} MB", bytes.div_ceil(MB));
    if let Some(limit) = facts
        .settings
        .contents
        .max_size
        .filter(|limit| least > *limit)
    {
        findings.push(
            Finding::new(format!(
                "the tarball has {}, and contents.maxSize in the settings allows {}",
                size(least),
                size(limit)
            ))
            .help("leave files out, or raise contents.maxSize"),
        );
    }
    let limit = match facts.kind {
        RegistryKind::GitHub => Some(256 * MB),
        RegistryKind::Azure => Some(500 * MB),
        _ => None,
    };
    if let Some(limit) = limit.filter(|limit| least > *limit) {
        findings.push(
            Finding::new(format!(
                "the tarball has {}, and this registry takes {}",
                size(least),
                size(limit)
            ))
            .predicts("E413", "Payload Too Large")
            .help(LEAVE_OUT),
        );
    }
    let large = if exact {
        least
    } else {
        packed.unpacked_size() / 4
    };
    if facts.kind == RegistryKind::Npmjs && large > NPMJS_WARNING {
        findings.push(
            Finding::new(format!(
                "the package has about {}, and npmjs has refused packages above 200 MB",
                size(large)
            ))
            .predicts("E413", "Payload Too Large")
            .help(LEAVE_OUT)
            .level(Level::Warning),
        );
    }
    if packed.files.len() > MANY_FILES {
        findings.push(
            Finding::new(format!(
                "the package has {} files, and npmjs has refused 65,284",
                packed.files.len()
            ))
            .predicts("E415", "Too many files")
            .help("leave files out, or put them into an archive")
            .level(Level::Warning),
        );
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::facts::fake::{only, packed, quiet};

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
