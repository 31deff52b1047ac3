//! Closed lists of words that programs compare.

/// A closed list of words.
pub trait ClosedList {
    /// Returns every word, in the order of declaration.
    fn words() -> Vec<&'static str>;
}

/// Declares an enum with the word of each variant.
macro_rules! string_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        $(#[$doc])*
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the word of the API.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl $crate::kernel::ClosedList for $name {
            fn words() -> Vec<&'static str> {
                vec![$($word,)*]
            }
        }
    };
}

pub(crate) use string_enum;
