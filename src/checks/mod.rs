//! The checks, one file each, grouped in folders by topic.

mod judge;

use crate::check::Check;

pub use judge::{Judged, Rules, judge};

/// Every check, in the order of the report.
pub const ALL: &[Check] = &[];

/// The ids that settings and options may name.
pub fn known_ids() -> Vec<&'static str> {
    ALL.iter().map(|check| check.id).collect()
}
