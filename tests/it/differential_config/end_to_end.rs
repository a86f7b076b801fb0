//! A sample of cases in which the real `npm publish` runs against two loopback
//! registries: which one got the PUT, and with which Authorization.
//! SAFE_PUBLISH_END_TO_END sets the number of cases (6).

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use safe_publish::environment::Environment;
use safe_publish::manifest::Manifest;
use safe_publish::npmrc::credentials::{AuthCheck, RequestCredential};
use safe_publish::npmrc::{CommandLine, Config};
use safe_publish::registry::url::RegistryUrl;
use serde_json::{Value, json};

use super::generate::Generator;
use crate::support::npm_oracle;

/// Method, host, path and Authorization of a request.
type Request = (String, String, String, Option<String>);

/// A registry without packages that accepts everything. It ends with the test.
struct Recorder {
    host: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Recorder {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let recorder = Self {
            host: host.clone(),
            seen: Arc::clone(&seen),
        };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = answer(stream, &host, &seen);
            }
        });
        recorder
    }

    fn take(&self) -> Vec<Request> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

/// Records a request before answering it.
fn answer(mut stream: TcpStream, host: &str, seen: &Mutex<Vec<Request>>) -> Option<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let (method, rest) = line.split_once(' ')?;
    let path = rest.split_whitespace().next()?.to_owned();
    let (mut authorization, mut length) = (None, 0);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(": ") else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "authorization" => authorization = Some(value.to_owned()),
            "content-length" => length = value.parse().ok()?,
            _ => {}
        }
    }
    reader.take(length).read_to_end(&mut Vec::new()).ok()?;
    let request = (method.to_owned(), host.to_owned(), path, authorization);
    seen.lock().unwrap().push(request);
    let status = if method == "GET" {
        "404 Not Found"
    } else {
        "201 Created"
    };
    let reply = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{{}}");
    stream.write_all(reply.as_bytes()).ok()?;
    Some(())
}

/// The URL of one of the registries, as people write it.
fn registry_url(make: &mut Generator, hosts: [&str; 2]) -> String {
    let host = make.random.pick(&hosts);
    let path = make.random.pick(&["/", "/", "", "/npm/", "/npm"]);
    format!("http://{host}{path}")
}

/// A line of .npmrc with a credential for one of the registries.
fn credential(make: &mut Generator, hosts: [&str; 2]) -> String {
    let host = make.random.pick(&hosts);
    let path = make.random.pick(&["/", "/", "/npm/", "/npm", "", "/p1"]);
    let rest = make.random.pick(&[
        "_authToken=tok-a",
        "_authToken=tok-b",
        "_auth=dXNlcjpwYXNz",
        "_authToken=${UNSET}",
        "_authToken=",
        "_authToken=${TOKEN}",
    ]);
    format!("//{host}{path}:{rest}")
}

/// An .npmrc that names a registry, and has up to three more lines.
fn npmrc(make: &mut Generator, hosts: [&str; 2]) -> String {
    let mut text = format!("registry={}\n", registry_url(make, hosts));
    for _ in 0..=make.random.below(3) {
        let line = match make.random.below(6) {
            0 => format!("@s:registry={}", registry_url(make, hosts)),
            1 if make.random.chance(3) => "scope=@s".to_owned(),
            _ => credential(make, hosts),
        };
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// A package with its files, variables and arguments.
struct Publish {
    folder: tempfile::TempDir,
    variables: BTreeMap<String, String>,
    args: Vec<String>,
    name: &'static str,
    manifest: Value,
    files: Vec<(&'static str, String)>,
}

impl Publish {
    fn make(make: &mut Generator, hosts: [&str; 2]) -> Self {
        let name = make.random.pick(&["p1", "@s/p1"]);
        let files = ["proj/.npmrc", "home/.npmrc"].map(|file| (file, npmrc(make, hosts)));
        let mut manifest = json!({"name": name, "version": "1.0.0"});
        if make.random.chance(3) {
            let key = make.random.pick(&["registry", "@s:registry"]);
            manifest["publishConfig"] = json!({ key: registry_url(make, hosts) });
        }
        let mut args = Vec::new();
        if make.random.chance(3) {
            args.push(format!("--registry={}", registry_url(make, hosts)));
        }
        Self {
            folder: tempfile::tempdir().unwrap(),
            variables: BTreeMap::new(),
            args,
            name,
            manifest,
            files: files.into(),
        }
    }

    fn write(&mut self) {
        let root = self.folder.path().canonicalize().unwrap();
        for name in ["proj", "home"] {
            fs::create_dir(root.join(name)).unwrap();
        }
        for (name, text) in &self.files {
            fs::write(root.join(name), text).unwrap();
        }
        fs::write(root.join("proj/package.json"), self.manifest.to_string()).unwrap();
        let text = |name: &str| root.join(name).display().to_string();
        let variables = [
            ("HOME", text("home")),
            ("PATH", std::env::var("PATH").unwrap()),
            ("TOKEN", "tok-v".to_owned()),
            ("npm_config_globalconfig", text("nowhere")),
            ("npm_config_cache", text("cache")),
            ("npm_config_update_notifier", "false".to_owned()),
            ("npm_config_fetch_retries", "0".to_owned()),
            ("npm_config_loglevel", "silent".to_owned()),
        ];
        let variables = variables.into_iter();
        self.variables = variables
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
    }

    fn run(&self) {
        let root = self.folder.path().canonicalize().unwrap();
        let npm = npm_oracle::npm();
        let mut child = Command::new("node")
            .arg(&npm.path)
            .args(["publish", "--ignore-scripts"])
            .args(&self.args)
            .env_clear()
            .envs(&self.variables)
            .current_dir(root.join("proj"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.wait().unwrap();
    }

    /// The requests that we expect from npm.
    fn expected(&self) -> Vec<Request> {
        let root = self.folder.path().canonicalize().unwrap();
        let mut environment = Environment::bare(root.join("proj"));
        environment.variables = self.variables.clone();
        environment.home = Some(root.join("home"));
        let npm = npm_oracle::npm();
        let line = CommandLine::parse(&self.args, Some(&npm.version));
        let config = Config::load(line, &environment, Some(&npm), &|_: &Path, _: &Path| false);
        let manifest = Manifest::from_json(self.manifest.clone());
        let package = config.for_package(&manifest);
        let registry = package.registry(self.name).unwrap().value;
        if matches!(package.auth_check(&registry), AuthCheck::Fails { .. }) {
            return Vec::new();
        }
        let mut all = Vec::new();
        if npm.version.compares_with_published_versions() {
            let other = package.comparison_registry(self.name).unwrap();
            let get = self.request("GET", &other, &|url| {
                package.comparison_credential(self.name, url)
            });
            // After a 404, npm asks again for the full document.
            all.extend([get.clone(), get]);
        }
        all.push(self.request("PUT", &registry, &|url| {
            package.put_credential(self.name, url)
        }));
        all
    }

    fn request(
        &self,
        method: &str,
        registry: &RegistryUrl,
        credential: &dyn Fn(&url::Url) -> Option<RequestCredential>,
    ) -> Request {
        let url = url::Url::parse(&registry.package(self.name)).unwrap();
        let header = credential(&url).and_then(|it| it.header());
        let host = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
        let header = header.map(|it| it.expose().to_owned());
        (method.to_owned(), host, url.path().to_owned(), header)
    }
}

#[test]
fn npm_publish_itself_goes_where_we_say_with_what_we_say() {
    let count = std::env::var("SAFE_PUBLISH_END_TO_END").ok();
    let count: usize = count.and_then(|count| count.parse().ok()).unwrap_or(6);
    let recorders = [Recorder::start(), Recorder::start()];
    let hosts = [recorders[0].host.as_str(), recorders[1].host.as_str()];
    let mut generator = Generator::new(6);
    let (mut differences, mut published) = (Vec::new(), 0);
    for _ in 0..count {
        let mut publish = Publish::make(&mut generator, hosts);
        publish.write();
        publish.run();
        let mut npms: Vec<_> = recorders.iter().flat_map(Recorder::take).collect();
        let mut ours = publish.expected();
        npms.sort();
        ours.sort();
        published += usize::from(!npms.is_empty());
        if ours != npms {
            differences.push(format!(
                "{:?} {:?} {}\n  ours: {ours:?}\n  npm:  {npms:?}",
                publish.files, publish.args, publish.manifest
            ));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(
        published > 0 || count < 6,
        "nothing was published in {count} cases"
    );
}
