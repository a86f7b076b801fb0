//! Links, modes, patches, and the order of the tarball.

use super::*;

#[test]
fn links_and_odd_names() {
    let links =
        "lib/a.js\nREADME.md -> lib/a.js\nlink.js -> lib/a.js\nfolder -> lib\nbroken -> nowhere";
    all_pack("links", &json!({"main": "link.js"}), links, "lib/a.js");
    let stars = "a.js\nb*.js\nq?.js\nback\\slash.js\n@f.js\n@x/a.js";
    all_pack(
        "names",
        &json!({}),
        stars,
        "@f.js @x/a.js a.js back\\slash.js q?.js",
    );
    all_pack(
        "capitals",
        &json!({}),
        "Package.json\na.js",
        "Package.json a.js",
    );
    all_pack(
        "a package.json below",
        &json!({}),
        "sub/package.json = {}",
        "sub/package.json",
    );
}

#[test]
fn modes_sizes_and_hard_links() {
    let tree = "bin/cli.js : 644\nd.js : 644\nx/d.js : 644\ne.js : 755\np.js : 600\nr.js : 400\ns.js : 4755\nw.js : 666\na.txt = 12345\nb.txt => a.txt";
    let fixture = Fixture::new(
        &manifest(&json!({"bin": {"c": "bin/cli.js", "d": "d.js"}})),
        tree,
    );
    let packed = fixture.pack(Edition::Npm11).unwrap();
    let mode = |path: &str| format!("{:o}", packed.find(path).unwrap().mode);
    for (path, expected) in [
        ("bin/cli.js", "644"),
        ("d.js", "755"),
        ("x/d.js", "755"),
        ("e.js", "755"),
        ("p.js", "600"),
        ("r.js", "600"),
        ("s.js", "4755"),
        ("w.js", "644"),
    ] {
        assert_eq!(mode(path), expected, "{path}");
    }
    assert_eq!(packed.find("a.txt").unwrap().size, 5);
    let link = packed.find("b.txt").unwrap();
    assert_eq!(link.size, 0);
    assert_eq!(
        link.kind,
        FileKind::HardLink {
            to: "a.txt".to_owned()
        }
    );
}

#[test]
fn patches_stay_at_home_with_npm_12() {
    let tree = "lib/a.js\npatches/x.patch\npatches/y.patch";
    let more =
        json!({"files": ["lib", "patches"], "patchedDependencies": {"x": "patches/x.patch"}});
    differ(
        "patches",
        &more,
        tree,
        (
            "lib/a.js patches/x.patch patches/y.patch",
            "lib/a.js patches/y.patch",
        ),
    );
    let fixture = Fixture::new(&manifest(&more), tree);
    let size = |edition| {
        fixture
            .pack(edition)
            .unwrap()
            .find("package.json")
            .unwrap()
            .size
    };
    let without = r#"{"files":["lib","patches"],"name":"p","version":"1.0.0"}"#;
    assert_eq!(size(Edition::Npm12), without.len() as u64);
    assert!(size(Edition::Npm11) > size(Edition::Npm12));
}

#[test]
fn the_order_is_by_extension_then_name_then_path() {
    let tree = "b/a.js\na/a.js\nB.js\nb.js\nMakefile\n.env\nz.css\n10.js\n9.js\n_x.js\n@s.js";
    let fixture = Fixture::new(&manifest(&json!({})), tree);
    let packed = fixture.pack(Edition::Npm11).unwrap();
    let order: Vec<&str> = packed.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(
        order.join(" "),
        ".env Makefile z.css _x.js @s.js 10.js 9.js a/a.js b/a.js b.js B.js package.json"
    );
}
