//! Where the package would go.

pub(super) mod registry_insecure;
pub(super) mod registry_overwrites;
pub(super) mod registry_read_only;
pub(super) mod registry_set_by_wrapper;
pub(super) mod registry_unreachable;
pub(super) mod registry_url_invalid;
