//! AWS CodeArtifact. Sources: AWS's documentation (`npm-commands`, `npm-auth`).

use super::{Offers, Overwriting, Publishable, Traits};
use crate::registry::kind::RegistryKind;

/// See the module.
pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::CodeArtifact,
    by_url: |url| {
        url.host_str().is_some_and(|host| {
            host.contains(".d.codeartifact.")
                && (host.ends_with(".amazonaws.com") || host.ends_with(".on.aws"))
        })
    },
    by_headers: |headers| headers.contains_key("x-amzn-codeartifact"),
    offers: Offers::NOTHING,
    publishable: |_| Publishable::Yes,
    overwriting: Overwriting::Refused {
        code: "E409",
        text: "409 Conflict - PUT",
    },
    npmjs_rules: false,
    packument_proves_credential: true,
    redirect_means_absent: false,
    repository: None,
};
