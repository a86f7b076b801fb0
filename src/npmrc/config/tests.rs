use super::load::variable_key;

#[test]
fn variables_lose_their_underscores_except_the_first() {
    let key = |name: &str| variable_key(name).unwrap();
    assert_eq!(key("NPM_CONFIG_FETCH_RETRIES"), "fetch-retries");
    assert_eq!(key("npm_config__authToken"), "_authtoken");
    assert_eq!(key("npm_config_@My_Scope:registry"), "@my-scope:registry");
    assert_eq!(key("npm_config_//H.x/:_authToken"), "//H.x/:_authToken");
    assert_eq!(variable_key("NPM_TOKEN"), None);
}
