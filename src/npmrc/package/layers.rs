//! Every source of a setting, the winner first.

use super::{PackageConfig, Setting};
use crate::npmrc::value::Value;
use crate::origin::{Origin, Resolved};

impl PackageConfig<'_> {
    /// Every value of a key, the effective one first: publishConfig's comes before the layers',
    /// or after the flag that overrides it.
    pub fn layers(&self, key: &str) -> Vec<Resolved<Value>> {
        let of = |setting: Setting| Resolved::new(setting.value, setting.origin);
        let entries = self.config.all(key);
        let mut all: Vec<_> = entries
            .map(|entry| Resolved::new(entry.value.clone(), entry.origin.clone()))
            .collect();
        if let Some(winner) = self.published(key) {
            all.insert(0, of(winner));
        } else if let Some(value) = self.publish_config.and_then(|object| object.get(key)) {
            let beaten = Resolved::new(
                Value::from_json(value),
                self.pointer(&["publishConfig", key]),
            );
            let behind = all
                .iter()
                .take_while(|it| matches!(it.origin, Origin::CommandLine { .. }))
                .count();
            all.insert(behind, beaten);
        }
        all
    }
}
