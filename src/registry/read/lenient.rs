//! Lenient reading: a value of the wrong shape is left out; it neither fails the document nor
//! takes memory.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::registry::table::{MAX_ROWS, MAX_TEXT as MAX_TEXT_OF_ROWS};

/// A field of any shape; `None` if it is not the wanted one.
#[derive(Default)]
pub(super) struct Lenient<T>(pub(super) Option<T>);

impl<'de, T: Shape> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_any(ShapeVisitor(std::marker::PhantomData))
            .map(Self)
    }
}

/// What can be taken out of a JSON value, by the value's own shape.
pub(super) trait Shape: Sized {
    fn text(_: &str) -> Option<Self> {
        None
    }
    fn flag(_: bool) -> Option<Self> {
        None
    }
    fn null() -> Option<Self> {
        None
    }
    fn number(_: u64) -> Option<Self> {
        None
    }
    fn list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
    fn map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

struct ShapeVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Shape> Visitor<'de> for ShapeVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(T::text(text))
    }
    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(T::flag(flag))
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(T::null())
    }
    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(T::number(number))
    }
    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        T::list(list)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::map(map)
    }
}

impl Shape for String {
    fn text(text: &str) -> Option<Self> {
        (text.len() <= MAX_TEXT).then(|| text.to_owned())
    }
}

/// No string that a check reads is longer, in bytes.
const MAX_TEXT: usize = 16 << 10;
/// No version (semver's own limit), tag, name or time is longer, in bytes.
const MAX_SHORT: usize = 256;

/// A version, tag, name or time. A longer string is left out.
pub(super) struct ShortText(pub(super) String);

impl Shape for ShortText {
    fn text(text: &str) -> Option<Self> {
        (text.len() <= MAX_SHORT).then(|| Self(text.to_owned()))
    }
}

/// How much more one list or map may hold: larger ones would only fill memory.
pub(super) struct Capacity {
    entries: usize,
    bytes: usize,
}

impl Default for Capacity {
    fn default() -> Self {
        Self {
            entries: 30_000,
            bytes: 2 << 20,
        }
    }
}

impl Capacity {
    pub(super) fn for_versions() -> Self {
        Self {
            entries: MAX_ROWS,
            bytes: MAX_TEXT_OF_ROWS,
        }
    }

    /// Reserves room for an entry. A string that is too long is left out.
    ///
    /// # Errors
    /// When there is no room, which ends the reading.
    pub(super) fn fits<E: serde::de::Error>(&mut self, texts: &[&str]) -> Result<bool, E> {
        if texts.iter().any(|text| text.len() > MAX_SHORT) {
            return Ok(false);
        }
        let bytes: usize = texts.iter().map(|text| text.len()).sum();
        let rest = (self.entries.checked_sub(1), self.bytes.checked_sub(bytes));
        let (Some(entries), Some(bytes)) = rest else {
            return Err(E::custom("too many entries"));
        };
        *self = Self { entries, bytes };
        Ok(true)
    }
}

impl Shape for u64 {
    fn number(number: u64) -> Option<Self> {
        Some(number)
    }
}

impl Shape for bool {
    fn flag(flag: bool) -> Option<Self> {
        Some(flag)
    }
}

/// Whether a `deprecated` field says anything: a message, or `true`.
pub(super) struct Deprecated;

impl Shape for Deprecated {
    fn text(text: &str) -> Option<Self> {
        (!text.is_empty()).then_some(Self)
    }
    fn flag(flag: bool) -> Option<Self> {
        flag.then_some(Self)
    }
}

impl Shape for BTreeMap<String, String> {
    fn map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let mut room = Capacity::default();
        let mut read = Self::new();
        while let Some((key, value)) = map.next_entry::<String, Lenient<ShortText>>()? {
            if let Some(value) = value.0
                && room.fits(&[&key, &value.0])?
            {
                read.insert(key, value.0);
            }
        }
        Ok(Some(read))
    }
}

impl<T: Shape> Shape for Vec<T> {
    fn list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        let mut room = Capacity::default();
        let mut read = Self::new();
        while let Some(value) = list.next_element::<Lenient<T>>()? {
            room.fits(&[])?;
            read.extend(value.0);
        }
        Ok(Some(read))
    }
}

/// Shapes that are plain objects with known fields. Their keys are compared in place, without a
/// copy: a large packument has hundreds of thousands of them.
macro_rules! object {
    ($name:ident { $($field:ident: $shape:ty = $key:literal),+ $(,)? }) => {
        #[derive(Default)]
        struct $name { $($field: Option<$shape>),+ }

        impl Shape for $name {
            fn map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
                const KEYS: &[&str] = &[$($key),+];
                let mut read = Self::default();
                while let Some(key) = map.next_key_seed(KnownKey(KEYS))? {
                    match key {
                        $(Some($key) => read.$field = map.next_value::<Lenient<$shape>>()?.0,)+
                        _ => { map.next_value::<IgnoredAny>()?; }
                    }
                }
                Ok(Some(read))
            }
        }
    };
}

/// Looks a key up among the known ones.
pub(super) struct KnownKey(pub(super) &'static [&'static str]);

impl<'de> DeserializeSeed<'de> for KnownKey {
    type Value = Option<&'static str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KnownKey {
    type Value = Option<&'static str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().copied().find(|key| *key == text))
    }
}

pub(super) use object;
