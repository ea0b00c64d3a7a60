"""The rules of a screening in the Clinical Quality Language."""
