use std::fs;

use serde_json::json;
use tempfile::TempDir;

use super::*;

/// A root with this `workspaces`, and folders with these package.json.
struct Tree {
    folder: TempDir,
    manifest: Manifest,
}

impl Tree {
    fn new(workspaces: &Value, members: &[(&str, Value)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, package) in members {
            let path = folder.path().join(path);
            fs::create_dir_all(&path).unwrap();
            fs::write(path.join("package.json"), package.to_string()).unwrap();
        }
        let manifest = Manifest::from_json(json!({"name": "root", "workspaces": workspaces}));
        Self { folder, manifest }
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn read(&self) -> Result<Vec<String>, WorkspaceError> {
        let members = Workspaces::read(self.root(), &self.manifest)?;
        for member in &members {
            assert!(Workspaces::is_member(
                self.root(),
                &self.manifest,
                &member.directory
            ));
        }
        Ok(members.into_iter().map(|member| member.name).collect())
    }

    fn names(&self) -> Vec<String> {
        self.read().unwrap()
    }

    fn select(&self, filters: &[&str], from: &str) -> Result<Vec<String>, WorkspaceError> {
        let filters: Vec<String> = filters.iter().map(|&filter| filter.to_owned()).collect();
        let selection = Selection {
            filters: &filters,
            include_root: false,
            cwd: &self.root().join(from),
        };
        let chosen = Workspaces::select(self.root(), &self.manifest, selection)?;
        Ok(chosen.into_iter().map(|chosen| chosen.name).collect())
    }
}

fn named(name: &str) -> Value {
    json!({"name": name, "version": "1.0.0"})
}

fn three() -> Vec<(&'static str, Value)> {
    vec![
        ("packages/b", named("b")),
        ("packages/a", named("@s/a")),
        ("apps/web", named("web")),
    ]
}

#[test]
fn members_come_in_the_order_of_the_patterns_then_of_their_names() {
    let tree = Tree::new(&json!(["packages/*", "apps/*"]), &three());
    assert_eq!(tree.names(), ["@s/a", "b", "web"]);
    let tree = Tree::new(&json!({"packages": ["apps/*", "./packages/*/"]}), &three());
    assert_eq!(tree.names(), ["web", "@s/a", "b"]);
}

#[test]
fn names_sort_as_a_dictionary_does() {
    let members: Vec<(String, Value)> = ["a-b", "a_b", "Bc", "a", "b", "10", "9", "a1"]
        .iter()
        .map(|name| (format!("p/{name}"), named(&format!("n{name}"))))
        .collect();
    let members: Vec<(&str, Value)> = members
        .iter()
        .map(|(p, v)| (p.as_str(), v.clone()))
        .collect();
    let tree = Tree::new(&json!(["p/*"]), &members);
    assert_eq!(
        tree.names(),
        ["n10", "n9", "na", "na_b", "na-b", "na1", "nb", "nBc"]
    );
}

#[test]
fn a_negation_applies_to_earlier_patterns_only() {
    let tree = Tree::new(&json!(["packages/*", "!packages/b"]), &three());
    assert_eq!(tree.names(), ["@s/a"]);
    let tree = Tree::new(
        &json!(["packages/*", "!packages/b", "packages/b"]),
        &three(),
    );
    assert_eq!(tree.names(), ["@s/a", "b"]);
    let tree = Tree::new(&json!(["!!packages/b"]), &three());
    assert_eq!(tree.names(), ["b"]);
    let tree = Tree::new(&json!(["**", "!packages/./*", "!packages/**/x"]), &three());
    assert_eq!(tree.names(), ["web"]);
}

#[test]
fn a_folder_without_a_package_is_not_a_member() {
    let mut members = three();
    members.push(("packages/node_modules/x", named("x")));
    members.push(("packages/.hidden", named("hidden")));
    let tree = Tree::new(&json!(["packages/**"]), &members);
    fs::create_dir_all(tree.root().join("packages/empty")).unwrap();
    fs::write(tree.root().join("packages/file"), "").unwrap();
    assert_eq!(tree.names(), ["@s/a", "b"]);
    let is =
        |path: &str| Workspaces::is_member(tree.root(), &tree.manifest, &tree.root().join(path));
    assert!(is("packages/a"));
    for other in [
        "packages/empty",
        "apps/web",
        "packages/node_modules/x",
        "packages/.hidden",
        ".",
    ] {
        assert!(!is(other), "{other}");
    }
    assert!(Tree::new(&json!([]), &three()).names().is_empty());
}

#[test]
fn a_member_without_a_name_is_called_as_its_folder() {
    let tree = Tree::new(
        &json!(["libs/**"]),
        &[
            ("libs/@scope/one", json!({})),
            ("libs/two", json!({"name": ""})),
        ],
    );
    assert_eq!(tree.names(), ["@scope/one", "two"]);
}

#[test]
fn a_broken_member_weighs_more_than_a_double_name() {
    let twice = [("p/a", named("x")), ("p/b", named("x"))];
    let tree = Tree::new(&json!(["p/*"]), &twice);
    let error = tree.read().unwrap_err();
    assert!(matches!(error, WorkspaceError::SameName { .. }));
    assert_eq!(
        error.npm_says().unwrap().code.as_deref(),
        Some("EDUPLICATEWORKSPACE")
    );
    fs::create_dir_all(tree.root().join("p/c")).unwrap();
    fs::write(tree.root().join("p/c/package.json"), "{").unwrap();
    let error = tree.read().unwrap_err();
    assert!(matches!(
        error,
        WorkspaceError::Member(ManifestError::Syntax { .. })
    ));
}

#[test]
fn a_declaration_that_npm_cannot_take_is_an_error() {
    for bad in [
        json!("packages/*"),
        json!({}),
        json!({"packages": "x"}),
        json!([5]),
        json!(null),
    ] {
        let error = Tree::new(&bad, &[]).read().unwrap_err();
        assert!(
            matches!(error, WorkspaceError::BadDeclaration { .. }),
            "{bad}"
        );
    }
    let error = Tree::new(&json!(["*", "!."]), &[]).read().unwrap_err();
    assert_eq!(error.npm_says().unwrap().text, "empty pattern list");
}

#[test]
fn a_filter_is_a_name_a_folder_or_the_folder_above() {
    let tree = Tree::new(&json!(["packages/*", "apps/*"]), &three());
    let packages = tree.root().join("packages").to_string_lossy().into_owned();
    assert_eq!(tree.select(&["web", "@s/a"], "").unwrap(), ["web", "@s/a"]);
    assert_eq!(tree.select(&["packages/a"], "").unwrap(), ["@s/a"]);
    assert_eq!(tree.select(&["./apps/web"], "").unwrap(), ["web"]);
    assert_eq!(tree.select(&["packages"], "").unwrap(), ["@s/a", "b"]);
    assert_eq!(tree.select(&["./packages"], "").unwrap(), ["@s/a", "b"]);
    assert_eq!(tree.select(&["a"], "packages").unwrap(), ["@s/a"]);
    assert_eq!(tree.select(&["../apps/web"], "packages").unwrap(), ["web"]);
    assert_eq!(tree.select(&[&packages], "").unwrap(), ["@s/a", "b"]);
    assert_eq!(tree.select(&[], "").unwrap(), ["@s/a", "b", "web"]);
}

#[test]
fn a_dot_and_slash_name_the_members_right_below() {
    let tree = Tree::new(
        &json!(["*", "packages/*"]),
        &[("tools", named("tools")), ("packages/a", named("a"))],
    );
    assert_eq!(tree.select(&["./"], "").unwrap(), ["tools"]);
    assert!(tree.select(&["."], "").is_err());
}

#[test]
fn the_root_comes_first_where_it_is_asked_for() {
    let tree = Tree::new(&json!(["apps/*"]), &three());
    let selection = Selection {
        filters: &["nowhere".to_owned()],
        include_root: true,
        cwd: tree.root(),
    };
    let chosen = Workspaces::select(tree.root(), &tree.manifest, selection).unwrap();
    assert_eq!(chosen.len(), 1);
    assert!(chosen[0].is_root);
    assert_eq!(chosen[0].name, "root");
}

#[test]
fn nothing_found_is_reported_with_npms_message() {
    let tree = Tree::new(&json!(["packages/*"]), &three());
    let text = |filters: &[&str]| {
        tree.select(filters, "")
            .unwrap_err()
            .npm_says()
            .unwrap()
            .text
    };
    assert_eq!(
        text(&["x", "y"]),
        "No workspaces found:\n  --workspace=x --workspace=y"
    );
    let none = Tree::new(&json!([]), &[]);
    let error = none.select(&[], "").unwrap_err();
    assert_eq!(error.npm_says().unwrap().text, "No workspaces found!");
}

#[test]
fn patterns_that_expand_to_too_much_are_refused_at_once() {
    let many = vec!["a"; 1001];
    let long = "a".repeat(100_001);
    let wide = vec!["{1..9999}"; 6];
    for workspaces in [
        json!(many),
        json!([long]),
        json!(wide),
        json!(["{1..99999}"]),
        json!([format!("!{}", "{a,b}".repeat(20)), "x"]),
    ] {
        let tree = Tree::new(&workspaces, &[]);
        let error = tree.read().unwrap_err();
        assert!(matches!(error, WorkspaceError::TooLarge { .. }), "{error}");
    }
    // npm reads these immediately, and so do we.
    let nested = format!("{}{}", "{".repeat(40), "}".repeat(40));
    assert_eq!(Tree::new(&json!([nested]), &[]).names(), [""; 0]);
}

#[test]
fn several_double_stars_look_at_each_folder_once() {
    let deep = "d/".repeat(24);
    let tree = Tree::new(&json!(["**/*/".repeat(12)]), &[(&deep, named("deep"))]);
    assert_eq!(tree.names(), ["deep"]);
}
