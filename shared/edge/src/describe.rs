//! Input and reply of an operation as schemas, for the OpenAPI document.

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};

/// The body of a reply.
#[derive(Debug, Clone)]
pub enum ReplyBody {
    /// JSON of this shape.
    Json(Schema),
    /// JSON of this shape, or a file of one of these media types.
    JsonOrFiles(Schema, &'static [&'static str]),
    /// A file of one of these media types.
    Files(&'static [&'static str]),
    /// No body.
    None,
}

/// Input and reply of a handler.
#[derive(Debug, Clone)]
pub struct OperationSchema {
    pub(crate) input: Schema,
    pub(crate) named_input: Schema,
    pub(crate) body_type: &'static str,
    pub(crate) status: u16,
    pub(crate) reply: ReplyBody,
    pub(crate) sets_cookie: bool,
    pub(crate) is_cacheable: bool,
    pub(crate) is_page: bool,
    pub(crate) may_redirect: bool,
}

/// Collects the named types. Inputs and replies are apart, because they differ in which fields are
/// required.
#[derive(Debug)]
pub struct Schemas {
    pub(crate) inputs: SchemaGenerator,
    pub(crate) replies: SchemaGenerator,
}

impl Default for Schemas {
    fn default() -> Self {
        let settings = || {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
            })
        };
        Self {
            inputs: settings().for_deserialize().into_generator(),
            replies: settings().for_serialize().into_generator(),
        }
    }
}
