//! Which names indicate a secret: `NPM_TOKEN`, `_authToken`, `x-api-key`. Names are read word
//! by word, so `GIT_AUTHOR_NAME` and `NPM_TOKEN_SCOPE` do not.

/// How clearly a name indicates that its value is a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strength {
    /// A common word, which sentences use as well: `token`, `password`.
    Word,
    /// A name that only programs use: `NPM_TOKEN`, `_password`, `x-auth-token`.
    Name,
}

/// Words that indicate a secret at the end of any name.
const NOUNS: [&str; 17] = [
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "authorization",
    "credential",
    "credentials",
    "otp",
    "cookie",
    "jwt",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
];

/// Endings that indicate a secret when several words are written as one: `ACCESSTOKEN`.
const ENDINGS: [&str; 9] = [
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
];

/// Words that indicate a secret only after another word: `_auth`, `DB_PASS`.
const SUFFIXES: [&str; 3] = ["auth", "pass", "pat"];

/// Words that make a `key` a secret; `npmAuthIdent` of Yarn is `user:password`.
const PAIRS: [(&str, &str); 15] = [
    ("api", "key"),
    ("access", "key"),
    ("secret", "key"),
    ("private", "key"),
    ("auth", "key"),
    ("signing", "key"),
    ("encryption", "key"),
    ("deploy", "key"),
    ("master", "key"),
    ("account", "key"),
    ("ssh", "key"),
    ("auth", "ident"),
    ("art", "api"),
    ("amz", "signature"),
    ("auth", "header"),
];

/// Words that describe a secret but are not one: `TOKEN_TYPE`, `SECRET_NAME`.
const DESCRIPTIONS: [&str; 38] = [
    "scope",
    "scopes",
    "name",
    "names",
    "type",
    "file",
    "path",
    "dir",
    "url",
    "uri",
    "host",
    "port",
    "user",
    "username",
    "id",
    "ids",
    "ttl",
    "expiry",
    "expires",
    "expiration",
    "age",
    "count",
    "length",
    "size",
    "limit",
    "format",
    "method",
    "mode",
    "kind",
    "issuer",
    "audience",
    "policy",
    "region",
    "version",
    "enabled",
    "required",
    "env",
    "endpoint",
];

/// Whether a variable of that name holds a secret.
pub fn is_secret(name: &str) -> bool {
    strength(name).is_some()
}

/// How clearly a name indicates a secret; `None` if it does not.
pub(super) fn strength(name: &str) -> Option<Strength> {
    let words = words(name);
    let means = |at: usize| {
        let before = at.checked_sub(1).map(|at| words[at].as_str());
        let word = words[at].as_str();
        NOUNS.contains(&word)
            || ENDINGS.iter().any(|ending| word.ends_with(ending))
            || (SUFFIXES.contains(&word) && (at > 0 || name.starts_with('_')))
            || name.eq_ignore_ascii_case("auth")
            || before.is_some_and(|before| PAIRS.contains(&(before, word)))
    };
    let last = words.len().checked_sub(1)?;
    if means(last) {
        let alone = words.len() == 1 && name.bytes().all(|byte| byte.is_ascii_alphabetic());
        return Some(if alone {
            Strength::Word
        } else {
            Strength::Name
        });
    }
    // `NPM_TOKEN_PROD`: a distinguishing word may follow.
    let is_variable = !name.bytes().any(|byte| byte.is_ascii_lowercase()) && name.contains('_');
    let is_plain = !DESCRIPTIONS.contains(&words[last].as_str());
    (is_variable && is_plain && last > 0 && means(last - 1)).then_some(Strength::Name)
}

/// The words of a name in lower case: `npmAuthToken` has three.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = '_';
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter.is_ascii_alphanumeric() {
            let begins_upper = letter.is_ascii_uppercase()
                && (!before.is_ascii_uppercase()
                    || letters.peek().is_some_and(char::is_ascii_lowercase));
            let changes = letter.is_ascii_digit() != before.is_ascii_digit();
            if !before.is_ascii_alphanumeric() || begins_upper || changes {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.push(letter.to_ascii_lowercase());
            }
        }
        before = letter;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_mean_a_secret_are_recognised_by_whole_words() {
        for name in [
            "NPM_TOKEN",
            "_authToken",
            "npmAuthToken",
            "_auth",
            "_password",
            "NPM_AUTH",
            "x-auth-token",
            "X-JFrog-Art-Api",
            "AWS_SECRET_ACCESS_KEY",
            "NPM_TOKEN_PROD",
            "NPM_TOKEN_2",
            "DB_PASS",
            "apiKey",
            "APIKey",
            "npm-otp",
            "npmAuthIdent",
            "u0022authToken",
            "22authToken",
            "VSS_NUGET_ACCESSTOKEN",
            "DBPASSWORD_PROD",
        ] {
            assert_eq!(strength(name), Some(Strength::Name), "{name}");
        }
        for name in ["token", "Password", "otp", "Authorization", "auth"] {
            assert_eq!(strength(name), Some(Strength::Word), "{name}");
        }
    }

    #[test]
    fn names_that_only_contain_such_letters_are_no_secrets() {
        for name in [
            "GIT_AUTHOR_NAME",
            "NPM_TOKEN_SCOPE",
            "TOKEN_TYPE",
            "auth-type",
            "author",
            "tokenizer",
            "SECRETARY",
            "key",
            "AWS_ACCESS_KEY_ID",
            "compass",
            "npm_config_registry",
            "",
            "_",
        ] {
            assert_eq!(strength(name), None, "{name}");
        }
    }
}
