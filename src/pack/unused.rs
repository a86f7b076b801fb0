//! Elements of `files` that pack nothing.

use super::folder::Tree;
use super::includes::Includes;
use super::package::PackFields;
use super::rules::{Question, RuleSource};
use super::{Packed, Request};
use crate::manifest::glob::Name;

/// Larger packages are not examined.
const MAX_FILES: usize = 20_000;

/// The elements of `files` that pack nothing: no packed file is the element itself,
/// or matches it. Negated elements are skipped.
pub(super) fn find(request: &Request, packed: &Packed, tree: &mut Tree) -> Vec<usize> {
    let Ok(package) = PackFields::of(&request.manifest, &request.folder, request.edition) else {
        return Vec::new();
    };
    let has_elements = package
        .files
        .as_ref()
        .is_some_and(|files| !files.is_empty());
    if !has_elements || packed.files.len() > MAX_FILES {
        return Vec::new();
    }
    let names: Vec<Vec<Name>> = packed
        .files
        .iter()
        .map(|file| file.path.split('/').map(Name::new).collect())
        .collect();
    let mut unused = Vec::new();
    for (index, entry) in package.files.iter().flatten().enumerate() {
        if entry.starts_with('!') || entry.trim().is_empty() {
            continue;
        }
        let only = PackFields {
            files: Some(vec![entry.clone()]),
            ..PackFields::default()
        };
        let how = (request.edition, true);
        let Ok(includes) = Includes::of(&only, &request.folder, how, tree) else {
            continue;
        };
        // Only the rules of this element, without npm's own.
        let names_file = |names: &Vec<Name>| {
            let names: Vec<&Name> = names.iter().collect();
            let lists = includes.files.iter().chain([&includes.strict]);
            let mut hits = lists.filter_map(|list| list.last_match(&names, Question::File, false));
            hits.any(|rule| rule.source == RuleSource::Files(0))
        };
        if !names.iter().any(names_file) {
            unused.push(index);
        }
    }
    unused
}
