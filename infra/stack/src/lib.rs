//! The stack as data: the rights and limits of each function, the templates made from them, and the
//! rules that the templates must keep.
//!
//! `cargo xtask stack` writes the templates. The local bundle gives a function the rights of its
//! role on AWS, and no others.
#![warn(missing_docs)]

mod access;
mod access_table;
mod function;
mod region;
mod render;
mod right;
mod root;
mod root_alarms;
mod rules;
mod severity;

pub use access_table::with_operations_table;
pub use function::{Function, functions};
pub use region::{HOST_LENGTH_MAX, REGIONS_WITHOUT_DOMAIN, default_host_length};
pub use right::{
    AwsResource, IamAction, Right, UnknownRequest, requested_file_right, requested_rights,
};
pub use root::templates;
pub use rules::{Deployment, RuleViolation, TemplateError, rules};
