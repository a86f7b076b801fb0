//! npm's own public registry, and the rehearsal registry that behaves as it does.
//! Sources: npm's API documentation and client, and threads that show its answers.

use super::{Offers, Overwriting, Publishable, Traits};
use crate::registry::kind::RegistryKind;
use crate::registry::url::NPMJS_HOST;

/// The embedded registry marks its answers with this header.
pub(crate) const REHEARSAL_HEADER: &str = "x-safe-publish-rehearsal";

/// See the module.
pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::Npmjs,
    by_url: |url| url.host_str() == Some(NPMJS_HOST),
    by_headers: |headers| headers.contains_key(REHEARSAL_HEADER),
    offers: Offers::EVERYTHING,
    publishable: |_| Publishable::Yes,
    overwriting: Overwriting::Refused {
        code: "E403",
        text: "You cannot publish over the previously published versions: {version}.",
    },
    npmjs_rules: true,
    packument_proves_credential: false,
    redirect_means_absent: false,
    repository: None,
};
