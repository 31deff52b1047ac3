//! The types that are stored as rows, and the macro that lists them.

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::key::Key;

/// A type that is stored as rows.
pub trait Item: Serialize + DeserializeOwned {
    /// Name of the type in its rows, for the stream and for people.
    const KIND: &'static str;

    /// Fields that stay attributes of their own, because an expression, a filter of a list or a filter of
    /// the stream reads them. All others are in one compressed attribute (docs/adr/0034). `None` for types
    /// whose fields are all attributes.
    const PLAIN_FIELDS: Option<&'static [&'static str]> = None;

    /// Returns the key of the row.
    fn key(&self) -> Key;

    /// Returns the attributes for the indexes, derived from the value.
    fn index(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Returns the version that was read, for types that are replaced.
    fn version(&self) -> Option<u64> {
        None
    }

    /// Returns the partitions in which a copy of the row is created, for lists with filters.
    fn copies(&self) -> Vec<String> {
        Vec::new()
    }

    /// Returns the time after which DynamoDB may remove the row.
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
    (@ plain $this:ident $value:expr) => {
        const PLAIN_FIELDS: Option<&'static [&'static str]> = Some($value);
    };
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
    (@ copies $this:ident $value:expr) => {
        fn copies(&self) -> Vec<String> {
            let $this = self;
            $value
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
