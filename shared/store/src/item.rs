//! A type that has rows, and the macro that lists such types.

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::key::Key;

/// A type that has rows.
pub trait Item: Serialize + DeserializeOwned {
    /// Its name in the rows, for the stream and for people.
    const KIND: &'static str;

    /// Its key.
    fn key(&self) -> Key;

    /// Attributes for the indexes, derived from the value.
    fn index(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// The version it was read with, for types that are replaced.
    fn version(&self) -> Option<u64> {
        None
    }

    /// When the row may go.
    fn ends_at(&self) -> Option<Timestamp> {
        None
    }
}

macro_rules! items {
    ($($type:ty { $kind:literal, |$this:ident| $key:expr $(, $name:ident: $value:expr)* })*) => {$(
        impl $crate::item::Item for $type {
            const KIND: &'static str = $kind;
            fn key(&self) -> $crate::key::Key {
                let $this = self;
                $key
            }
            $(items!(@ $name $this $value);)*
        }
    )*};
    (@ index $this:ident $value:expr) => {
        fn index(&self) -> Vec<(&'static str, String)> {
            let $this = self;
            $value
        }
    };
    (@ version $this:ident $value:expr) => {
        fn version(&self) -> Option<u64> {
            let $this = self;
            Some($value)
        }
    };
    (@ ends_at $this:ident $value:expr) => {
        fn ends_at(&self) -> Option<jiff::Timestamp> {
            let $this = self;
            $value
        }
    };
}

pub(crate) use items;
