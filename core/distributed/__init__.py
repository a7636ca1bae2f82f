"""Data sets beyond one machine: the same stages on Ray.

`sources` lists images as rows (where an image is, never its pixels), `reader` reads them, `manifest`
keeps the rows, `results` the captions, both as Parquet. `executor` gives slices of the manifest to workers on Ray;
`worker` captions a slice and writes its results itself. `export` turns results into caption files and shards. Only `executor` imports ray.
"""
