//! From ReSim's live state to config files: new ones, or edits of existing ones that keep what people wrote.
