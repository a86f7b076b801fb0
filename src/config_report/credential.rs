//! The credential's row: kind and length, never the secret.

use super::{Account, Overridden, PackageConfig, Row, SourceOfSetting};
use crate::npmrc::credentials::{AuthCheck, Credential, RequestCredential};
use crate::npmrc::value::Value;
use crate::plan::{PackagePlan, Unused};

/// What may be shown of a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// `token`, `basic`, `password` or `certificate`.
    pub kind: &'static str,
    /// The number of characters of the secret; `None` for a certificate.
    pub length: Option<usize>,
    /// The last four characters, only of npm's own tokens.
    pub ending: Option<String>,
}

/// The prefix of npm's own tokens. npm's web pages also show their last four characters.
const NPM_TOKEN: &str = "npm_";
/// Shorter texts are not npm's tokens, and four characters would reveal too much.
const MIN_NPM_TOKEN: usize = 20;

impl Masked {
    fn new(kind: &'static str, secret: &str) -> Self {
        let count = secret.chars().count();
        let is_npms = secret.starts_with(NPM_TOKEN) && count >= MIN_NPM_TOKEN;
        Self {
            kind,
            length: Some(count),
            ending: is_npms.then(|| secret.chars().skip(count - 4).collect()),
        }
    }

    fn of(credential: &Credential) -> Self {
        match credential {
            Credential::Token(token) => Self::new("token", token.expose()),
            Credential::Basic(auth) => Self::new("basic", auth.expose()),
            Credential::UserPassword { password, .. } => Self::new("password", password.expose()),
            Credential::Certificate { .. } => Self {
                kind: "certificate",
                length: None,
                ending: None,
            },
        }
    }

    /// In a few words.
    pub fn describe(&self) -> String {
        let what = match self.kind {
            "basic" => "user and password (_auth)",
            "password" => "user and password",
            "certificate" => "client certificate",
            other => other,
        };
        let ending = self
            .ending
            .as_ref()
            .map_or(String::new(), |ending| format!(" npm_****{ending}"));
        let length = self
            .length
            .map_or(String::new(), |length| format!(", {length} characters"));
        format!("{what}{ending}{length}")
    }
}

pub(super) fn account(package: &PackagePlan) -> Account {
    let (key, found) = match &package.credential.auth_check {
        AuthCheck::Passes { key } => (key, true),
        AuthCheck::Fails { key, .. } => (key, false),
    };
    Account {
        key: key.clone(),
        found,
    }
}

pub(super) fn row(package: &PackagePlan, config: &PackageConfig<'_>) -> Row<Masked> {
    match &package.credential.request {
        Some(request) => found(request, package, config),
        None => missing(package, config),
    }
}

fn found(
    request: &RequestCredential,
    package: &PackagePlan,
    config: &PackageConfig<'_>,
) -> Row<Masked> {
    let mut remarks = Vec::new();
    for name in &request.unset_variables {
        remarks.push(format!("${{{name}}} is not set: npm sends it as written"));
    }
    for name in &request.empty_variables {
        remarks.push(format!("${{{name}}} is empty"));
    }
    if request.placeholder().is_some() {
        remarks.push("the placeholder of actions/setup-node".to_owned());
    }
    if !account(package).found {
        remarks.push("npm fails before it needs one".to_owned());
    }
    Row {
        value: Some(Masked::of(&request.credential)),
        remark: (!remarks.is_empty()).then(|| remarks.join("; ")),
        key: request.key.clone(),
        place: SourceOfSetting::of(&request.origin, Some(&package.manifest)),
        lost: overridden(&request.key, 1, package, config),
    }
}

fn missing(package: &PackagePlan, config: &PackageConfig<'_>) -> Row<Masked> {
    let AuthCheck::Fails {
        empty: Some(empty), ..
    } = &package.credential.auth_check
    else {
        return Row {
            value: None,
            remark: package
                .credential
                .oidc_possible
                .then(|| "npm asks for one by trusted publishing".to_owned()),
            key: format!("{}:_authToken", account(package).key),
            place: SourceOfSetting::Default,
            lost: Vec::new(),
        };
    };
    let why = if empty.variables.is_empty() {
        "empty".to_owned()
    } else {
        format!("empty, for {} is", empty.variables.join(", "))
    };
    Row {
        value: None,
        remark: Some(why),
        key: empty.key.clone(),
        place: SourceOfSetting::of(&empty.origin, Some(&package.manifest)),
        lost: overridden(&empty.key, 1, package, config),
    }
}

/// Weaker entries of the same key.
fn overridden(
    key: &str,
    skip: usize,
    package: &PackagePlan,
    config: &PackageConfig<'_>,
) -> Vec<Overridden> {
    let all = config.layers(key);
    all.iter()
        .skip(skip)
        .map(|it| Overridden {
            key: key.to_owned(),
            value: masked(key, &it.value),
            place: SourceOfSetting::of(&it.origin, Some(&package.manifest)),
        })
        .collect()
}

fn masked(key: &str, value: &Value) -> String {
    let text = value.to_text();
    if !value.is_truthy() {
        return "empty".to_owned();
    }
    match key.rsplit(':').next() {
        Some("_authToken") => Masked::new("token", &text).describe(),
        Some("_auth") => Masked::new("basic", &text).describe(),
        Some("_password") => Masked::new("password", &text).describe(),
        _ => "client certificate".to_owned(),
    }
}

pub(super) fn elsewhere(package: &PackagePlan) -> Vec<(String, SourceOfSetting)> {
    let all = package.credential.elsewhere.credentials.iter();
    let read = all.filter(|other| other.why == Unused::OtherKey);
    read.map(|other| {
        (
            other.key.clone(),
            SourceOfSetting::of(&other.origin, Some(&package.manifest)),
        )
    })
    .collect()
}
