//! Where the program meets GitHub: the event, the comment, the runner's files, pull requests and issues.
