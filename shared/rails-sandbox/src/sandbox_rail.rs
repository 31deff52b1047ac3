//! The rail of the sandbox.

/// The sandbox as a network. It stores nothing and calls no other system.
#[derive(Debug, Clone, Copy)]
pub struct SandboxRail;

/// The ISPB in the end-to-end ids of the sandbox. No institution has it.
pub const ISPB: &str = "99999999";
