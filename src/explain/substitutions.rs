//! What stands for `{package}` and its like in a remedy, by a record.

use std::borrow::Cow;

use super::NpmError;
use super::record::{Endpoint, Record, Script, Stage, Tool};
use crate::checks::remedy::{Ask, Command, fill, general};
use crate::finding::{CommandContext, Help, NpmCommand, Packer};
use crate::registry::kinds;

/// What a record knows, for the texts of remedies.
pub(super) struct Substitutions<'a> {
    record: &'a Record,
    /// The registry of the log; npm's own if nothing names another.
    registry: Option<String>,
}

impl<'a> Substitutions<'a> {
    pub(super) fn of(record: &'a Record) -> Self {
        Self {
            registry: registry(&record.error),
            record,
        }
    }

    /// Fills in a sentence. A value that the log does not have is replaced by its kind, as "the
    /// package".
    pub(super) fn sentence(&self, text: &str) -> String {
        let named = self.record.error.url.is_some();
        let registry = self.registry.as_deref().filter(|_| named);
        fill(text, |name| {
            let known = self.value(name, registry);
            known.or_else(|| {
                Some(match name {
                    "text" => self.record.error.text.clone(),
                    "spec" | "package" => "the package".to_owned(),
                    "scope" => "the scope".to_owned(),
                    "registry" => "the registry".to_owned(),
                    _ => return general(name).map(str::to_owned),
                })
            })
        })
    }

    /// Fills in a help or a command. People copy it, so it contains no text from a log that a
    /// shell would interpret.
    pub(super) fn command(&self, text: &str) -> String {
        let harmless = |text: &String| is_harmless(text);
        let registry = self.registry.as_deref().filter(|url| is_usable(url));
        fill(text, |name| {
            let known = match name {
                "hostname" => registry.map(|url| host(url).to_owned()),
                "spec" | "package" | "scope" => self.value(name, registry).filter(harmless),
                _ => self.value(name, registry),
            };
            known.or_else(|| general(name).map(str::to_owned))
        })
    }

    /// What the log knows for a placeholder.
    fn value(&self, name: &str, registry: Option<&str>) -> Option<String> {
        let error = &self.record.error;
        match name {
            "spec" => spec(error),
            "package" => error.package.clone(),
            "scope" => Some(error.package.as_deref()?.split_once('/')?.0.to_owned()),
            "registry" => registry.map(str::to_owned),
            "host" => registry
                .filter(|_| error.url.is_some())
                .map(|url| host(url).to_owned()),
            "key" => named_key(&error.text).or_else(|| registry.map(key)),
            _ => self.of_run(name),
        }
    }

    /// What the record knows besides the error: the script, npm's version, the expected
    /// repository, the release line and the prerelease's name.
    fn of_run(&self, name: &str) -> Option<String> {
        let Record {
            error,
            script,
            npm,
            tool,
            ..
        } = self.record;
        let script = script.as_ref();
        match name {
            "script" => Some(script.map_or("of the package".to_owned(), Script::called)),
            "sent" => Some(if self.record.failed_in(Stage::BeforeThePut) {
                ", before anything was sent".to_owned()
            } else {
                String::new()
            }),
            "npm" => Some(
                npm.shown()
                    .map_or(" (npm --version shows yours)".to_owned(), |npm| {
                        format!(", and this is {npm}")
                    }),
            ),
            "tool" => tool.map(|tool| tool.name().to_owned()),
            "folder" => {
                let folder = self.record.folder.clone().or_else(|| error.package.clone());
                folder.filter(|folder| is_harmless(folder))
            }
            "flags" if self.record.flags.is_empty() => Some(error.text.clone()),
            "flags" => Some(self.record.flags.join(", ")),
            "repository" => expected_repository(&error.text),
            "line" => {
                new_version(&error.text).map(|version| format!("release-{}.x", version.major))
            }
            "prerelease" => prerelease(error.version.as_deref()),
            _ => None,
        }
    }

    /// A help with its text and its command filled in.
    pub(super) fn help(&self, help: &Help) -> Help {
        Help {
            text: Cow::Owned(self.command(&help.text)),
            command: help.command.as_ref().map(|command| self.npm(command)),
        }
    }

    /// The commands of a question, in one line.
    pub(super) fn commands(&self, ask: &Ask) -> String {
        let commands = ask.commands.iter().map(|command| match command {
            Command::Npm(command) => self.npm(command).to_string(),
            Command::Shell(line) => self.command(line),
        });
        commands.collect::<Vec<_>>().join("; ")
    }

    /// Without `--registry`, a command asks the registry that is configured where it is run,
    /// which may not be the log's.
    fn npm(&self, command: &NpmCommand) -> NpmCommand {
        let mut command = command.map(|args| self.command(args));
        let default = kinds::traits(kinds::default_kind()).default_url;
        let is_default = |url: &&str| default.is_some_and(|default| url.starts_with(default));
        let registry = self.registry.as_deref().filter(|url| is_usable(url));
        let named = if command.is_about_a_registry() {
            Some(registry.unwrap_or("REGISTRY"))
        } else {
            registry.filter(|url| !is_default(url))
        };
        command.fit(&CommandContext {
            registry: named.map(str::to_owned),
            packer: self.record.tool.and_then(packer),
            staged: self.record.endpoint == Some(Endpoint::Stage),
            ..CommandContext::default()
        });
        command
    }
}

fn packer(tool: Tool) -> Option<Packer> {
    match tool {
        Tool::Bun => Some(Packer::Bun),
        Tool::Pnpm => Some(Packer::Pnpm),
        Tool::YarnBerry => Some(Packer::Yarn),
        Tool::YarnClassic => Some(Packer::YarnClassic),
        _ => None,
    }
}

/// `… expected to match "https://github.com/o/r" from provenance`.
fn expected_repository(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("expected to match ")?;
    let url = rest.trim_start_matches(['"', '\\']);
    let url = url.split(['"', '\\', ' ']).next()?;
    (url.starts_with("https://") && is_harmless(url)).then(|| format!("git+{url}.git"))
}

/// `… is higher than the new version 6.51.1.`
fn new_version(text: &str) -> Option<semver::Version> {
    let (_, rest) = text.split_once("than the new version ")?;
    let version = rest.split(' ').next()?.trim_end_matches('.');
    semver::Version::parse(version).ok()
}

/// `beta` of `1.0.0-beta.1`.
fn prerelease(version: Option<&str>) -> Option<String> {
    let version = semver::Version::parse(version?).ok()?;
    let name = version.pre.as_str().split('.').next()?.to_owned();
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic());
    (is_name && is_harmless(&name)).then_some(name)
}

fn is_harmless(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"@/._-~:%+".contains(&b))
        && !text.starts_with('-')
}

/// Whether a registry can be named in a command.
fn is_usable(url: &str) -> bool {
    url.starts_with("http") && is_harmless(url)
}

fn spec(error: &NpmError) -> Option<String> {
    let version = error.version.as_deref().unwrap_or("VERSION");
    Some(format!("{}@{version}", error.package.as_ref()?))
}

fn host(registry: &str) -> &str {
    let rest = registry.split("://").nth(1);
    rest.and_then(|rest| rest.split('/').next())
        .unwrap_or("the registry")
}

/// ``must be renamed to `//h/npm/:_auth` ``: npm names the key itself.
fn named_key(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("must be renamed to `")?;
    let (key, _) = rest.split_once('`')?.0.rsplit_once(':')?;
    (key.starts_with("//") && is_harmless(key)).then(|| format!("{key}:"))
}

fn key(registry: &str) -> String {
    let below = registry.split_once(':').map_or("//HOST/", |(_, rest)| rest);
    format!("{below}:")
}

/// The registry in a URL, without the package at its end. Without a URL it is npm's own, unless
/// something else answered.
fn registry(error: &NpmError) -> Option<String> {
    let Some(url) = &error.url else {
        let kind = error.kind.unwrap_or_else(kinds::default_kind);
        return kinds::traits(kind).default_url.map(str::to_owned);
    };
    let url = url.split(['?', '#']).next().unwrap_or_default();
    if error.method.is_none() && url.ends_with('/') {
        return Some(url.to_owned());
    }
    // Sigstore is not a registry.
    if Endpoint::of(url) == Endpoint::Signing {
        return None;
    }
    let url = url.split("/-/").next().unwrap_or_default();
    let mut names = error.package.iter().flat_map(|name| {
        let escaped = crate::registry::url::escaped_name(name);
        [escaped.replace("%2f", "%2F"), escaped, name.clone()]
    });
    let base = names.find_map(|name| {
        let (base, behind) = url.rsplit_once(&format!("/{name}"))?;
        let is_whole = behind.is_empty() || behind.starts_with('/');
        (is_whole && base.contains("://")).then_some(base)
    });
    // GitHub's tarballs: `/download/@scope/name/1.0.0/…`.
    let base = base.map(|base| base.strip_suffix("/download").unwrap_or(base));
    let base = base.unwrap_or(url);
    // A URL without a host is from a server's own log.
    base.contains("://")
        .then(|| format!("{}/", base.trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Verb;
    use crate::registry::kind::RegistryKind;

    fn error(url: Option<&str>, kind: Option<RegistryKind>) -> NpmError {
        NpmError {
            url: url.map(str::to_owned),
            method: Some("PUT".to_owned()),
            package: Some("@acme/cat".to_owned()),
            kind,
            ..NpmError::default()
        }
    }

    #[test]
    fn the_registry_is_the_address_before_the_package() {
        let registry = |url| registry(&error(Some(url), None)).unwrap();
        for url in [
            "https://h/@acme%2fcat",
            "https://h/@acme%2Fcat",
            "https://h/@acme/cat",
        ] {
            assert_eq!(registry(url), "https://h/");
        }
        assert_eq!(registry("https://h/npm/a/-/x?y"), "https://h/npm/a/");
        for url in [
            "https://h/npm/@acme%2fcat/-rev/3-0d5c",
            "https://h/npm/download/@acme/cat/1.0.0/abcdef",
            "https://h/npm/@acme/cat/1.0.0",
        ] {
            assert_eq!(registry(url), "https://h/npm/", "{url}");
        }
    }

    fn record(url: Option<&str>, kind: Option<RegistryKind>) -> Record {
        Record {
            error: error(url, kind),
            ..Record::default()
        }
    }

    #[test]
    fn what_is_not_known_has_no_invented_name() {
        let cnpm = record(None, Some(RegistryKind::Cnpm));
        let substitutions = Substitutions::of(&cnpm);
        assert_eq!(substitutions.sentence("{registry}!"), "the registry!");
        assert_eq!(substitutions.command("ask {registry}"), "ask REGISTRY");
        let nobody = record(None, None);
        let substitutions = Substitutions::of(&nobody);
        assert_eq!(substitutions.sentence("{host}"), "the registry");
        assert_eq!(
            substitutions.command("{host}: {hostname}"),
            "the registry: registry.npmjs.org"
        );
    }

    #[test]
    fn no_command_holds_text_of_a_log_that_a_shell_would_interpret() {
        let hostile = record(Some("https://h/$(touch${IFS}x);x/@acme%2fcat"), None);
        let substitutions = Substitutions::of(&hostile);
        assert_eq!(
            substitutions.command("ping {registry} {hostname}"),
            "ping REGISTRY HOST"
        );
        let ping = NpmCommand::new(Verb::Ping, "");
        assert_eq!(
            substitutions.npm(&ping).to_string(),
            "npm ping --registry REGISTRY"
        );
    }

    #[test]
    fn commands_are_those_of_the_registry_and_of_the_tool_that_published() {
        let mut record = record(Some("https://h/npm/@acme%2fcat"), None);
        record.tool = Some(Tool::Pnpm);
        let substitutions = Substitutions::of(&record);
        for (verb, args, shown) in [
            (
                Verb::View,
                "{package}",
                "npm view @acme/cat --registry https://h/npm/",
            ),
            (Verb::Publish, "--tag next", "pnpm publish --tag next"),
            (
                Verb::NpmPublish,
                "--loglevel verbose",
                "npm publish --loglevel verbose",
            ),
        ] {
            let command = NpmCommand::new(verb, args);
            assert_eq!(substitutions.npm(&command).to_string(), shown);
        }
        record.error.url = Some("https://registry.npmjs.org/@acme%2fcat".to_owned());
        let substitutions = Substitutions::of(&record);
        let shown = |verb| substitutions.npm(&NpmCommand::new(verb, "")).to_string();
        assert_eq!(shown(Verb::View), "npm view");
        assert_eq!(
            shown(Verb::Whoami),
            "npm whoami --registry https://registry.npmjs.org/"
        );
    }
}
