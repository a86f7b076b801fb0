//! The report's entry for one package.

use crate::checks::Judged;
use crate::facts::Facts;
use crate::registry::Network;
use crate::report::{PackageReport, Standing};
use crate::secret::mask_known_shapes;

/// The entry for a judged package.
pub(crate) fn package_report(facts: &Facts, judged: Judged, network: &Network) -> PackageReport {
    let plan = &facts.package;
    let registry = plan.registry.as_ref().ok();
    let proxy = registry.and_then(|registry| network.proxy_for(registry.value.url()));
    PackageReport {
        name: plan.name.as_str().map(str::to_owned),
        version: plan.version.as_ref().ok().map(ToString::to_string),
        directory: plan.directory.clone(),
        standing: standing(facts),
        registry: registry.map(|registry| registry.value.to_string()),
        registry_origin: registry.map(|registry| registry.origin.clone()),
        proxy: proxy.map(shown_proxy),
        kind: facts.kind,
        tag: plan.tag.sent.value.clone(),
        access: plan.access.as_ref().map(|access| access.value.clone()),
        account: facts.account().ok().map(|(name, _)| name.to_owned()),
        has_credential: plan.credential.request.is_some() || plan.credential.oidc_possible,
        dry_run: plan.dry_run,
        verdict: judged.outcome,
        findings: judged.findings,
        undecided: judged.undecided,
        contents: facts.contents().cloned(),
        comparison: facts.comparison.clone(),
        manifest: plan.manifest.clone(),
    }
}

fn standing(facts: &Facts) -> Standing {
    let Ok(answer) = facts.packument() else {
        return Standing::Unknown;
    };
    match &answer.value {
        Some(packument) if packument.has_releases() => Standing::Known {
            tagged: packument
                .dist_tags
                .get(&facts.package.tag.sent.value)
                .cloned(),
            latest: packument.dist_tags.get("latest").cloned(),
        },
        _ => Standing::New,
    }
}

/// A proxy's URL without a name and password.
fn shown_proxy(proxy: &str) -> String {
    let Ok(mut url) = url::Url::parse(proxy) else {
        return mask_known_shapes(proxy);
    };
    let cleaned = url.set_password(None).and_then(|()| url.set_username(""));
    cleaned.map_or_else(|()| mask_known_shapes(proxy), |()| url.to_string())
}
