//! What was asked of registries, for the report.

/// One request that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRecord {
    /// GET or HEAD.
    pub method: &'static str,
    /// The URL, safe to show.
    pub url: String,
    /// The status; `None` when nobody answered.
    pub status: Option<u16>,
    /// Nobody waited for the answer any more: another one made it needless.
    pub given_up: bool,
    /// From the first try to the end of the body, retries included.
    pub milliseconds: u64,
}
