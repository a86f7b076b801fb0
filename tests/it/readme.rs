//! The README says what the code says.

use std::fs;
use std::path::Path;

use safe_publish::checks;

const BEGIN: &str =
    "<!-- checks: made from the code; `UPDATE=1 cargo test --locked readme` writes it -->\n";
const END: &str = "<!-- /checks -->";

fn table() -> String {
    let mut table = "\n| id | level | fires when |\n|---|---|---|\n".to_owned();
    for check in checks::ALL {
        table += &format!(
            "| `{}` | {} | {} |\n",
            check.id,
            check.level.name(),
            check.summary
        );
    }
    table + "\n"
}

#[test]
fn the_readmes_table_of_checks_is_the_codes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = fs::read_to_string(&path).expect("there is a README");
    let start = text.find(BEGIN).expect("the marker") + BEGIN.len();
    let end = text.find(END).expect("the end marker");
    let wanted = table();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, format!("{}{wanted}{}", &text[..start], &text[end..])).expect("writable");
        return;
    }
    assert_eq!(
        &text[start..end],
        wanted,
        "run: UPDATE=1 cargo test --locked readme"
    );
}

#[test]
fn the_readme_names_every_kind_of_registry_and_the_test_command_of_ci() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("there is a README");
    for kind in safe_publish::registry::kind::RegistryKind::ALL {
        assert!(readme.contains(kind.name()), "{kind}");
    }
    let ci = fs::read_to_string(root.join(".ci/run")).expect("there is a CI script");
    assert!(
        readme.contains("```sh\ncargo test --locked\n```")
            && ci.contains("\ncargo test --locked\n")
    );
}
