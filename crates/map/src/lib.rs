//! A map of stores as pure functions: projection, clusters, what to draw.
