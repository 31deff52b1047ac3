//! The limits of an inspection.

/// What a file may have, and what it may expand to while it is inspected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectionLimits {
    /// Maximum number of bytes of the file.
    pub bytes_max: usize,
    /// Maximum number of pages of a document.
    pub pages_max: usize,
    /// Maximum number of pixels of a picture.
    pub pixels_max: u64,
    /// Maximum width and height of a picture, in pixels.
    pub side_max: u32,
    /// Maximum number of bytes for the pixels of a picture while it is decoded.
    pub pixel_bytes_max: u64,
    /// Maximum number of bytes that all object streams of a document expand to.
    pub expanded_bytes_max: usize,
    /// Maximum number of tokens of a document outside of object streams. Each can become an object in memory.
    pub tokens_max: usize,
}

impl Default for InspectionLimits {
    /// Returns the limits for 10 MB. A picture of 50 million pixels is that of a telephone at its full resolution;
    /// with 8 bytes a pixel it takes 400 MB. A document of 200 pages has far fewer objects than 2 million tokens.
    /// A function with 2 GB of memory holds what these limits allow.
    fn default() -> Self {
        Self {
            bytes_max: 10 * 1024 * 1024,
            pages_max: 200,
            pixels_max: 50_000_000,
            side_max: 20_000,
            pixel_bytes_max: 400 * 1024 * 1024,
            expanded_bytes_max: 16 * 1024 * 1024,
            tokens_max: 2_000_000,
        }
    }
}
