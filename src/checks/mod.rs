//! The checks, one file each, grouped in folders by topic.

use crate::check::Check;

/// Every check, in the order of the report.
pub const ALL: &[Check] = &[];
