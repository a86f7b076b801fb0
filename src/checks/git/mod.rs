//! The repository that the package comes from.

pub(super) mod git_behind;
pub(super) mod git_branch;
pub(super) mod git_dirty;
pub(super) mod git_tag_mismatch;
