package cloudformation

import (
	"bytes"
	"crypto/md5" //nolint:gosec // the AWS CLI names packaged templates by MD5
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"path"
	"strings"
)

// mostAssets is the number of files beside a template that are compared.
const mostAssets = 500

// assetFile finds the local file of a packaged template. Its name in the
// bucket is a hash of its content: SHA-256 of the compact JSON for the AWS CDK,
// MD5 of the text for the AWS CLI. The CDK also keeps files named by hash and a
// list of assets.
func (r *resource) assetFile(name string) (string, bool) {
	if r.options.Files == nil {
		return "", false
	}
	dir := path.Dir(r.file)
	if file, ok := r.assetPath(dir); ok {
		return file, true
	}
	hash := strings.TrimSuffix(name, path.Ext(name))
	if len(hash) != 32 && len(hash) != 64 || strings.Trim(hash, "0123456789abcdef") != "" {
		return "", false
	}
	entries, err := r.options.Files.ReadDir(dir)
	if err != nil {
		return "", false
	}
	var manifests []string
	var candidates []string
	for _, e := range entries {
		switch {
		case e.IsDir():
		case strings.Contains(e.Name(), hash):
			return path.Join(dir, e.Name()), true
		case strings.HasSuffix(e.Name(), ".assets.json"):
			manifests = append(manifests, path.Join(dir, e.Name()))
		case isTemplateName(e.Name()) && len(candidates) < mostAssets:
			candidates = append(candidates, path.Join(dir, e.Name()))
		}
	}
	for _, manifest := range manifests {
		if file, ok := r.listedAsset(manifest, hash); ok {
			return file, true
		}
	}
	return r.hashedFile(candidates, hash)
}

// assetPath is what the CDK notes in the metadata of the resource.
func (r *resource) assetPath(dir string) (string, bool) {
	file, ok := r.node.member("Metadata").member("aws:asset:path").text()
	if !ok || file == "" {
		return "", false
	}
	file = path.Join(dir, file)
	if _, err := r.options.Files.Stat(file); err != nil {
		return "", false
	}
	return file, true
}

func isTemplateName(name string) bool {
	switch path.Ext(name) {
	case ".json", ".yaml", ".yml", ".template":
		return true
	}
	return false
}

// listedAsset looks a hash up in an asset manifest of the CDK.
func (r *resource) listedAsset(manifest, hash string) (string, bool) {
	content, err := r.options.Files.Read(manifest)
	if err != nil {
		return "", false
	}
	var list struct {
		Files map[string]struct {
			Source struct{ Path string }
		}
	}
	if json.Unmarshal(content, &list) != nil || list.Files[hash].Source.Path == "" {
		return "", false
	}
	return path.Join(path.Dir(manifest), list.Files[hash].Source.Path), true
}

// hashedFile finds the file whose content has the hash.
func (r *resource) hashedFile(files []string, hash string) (string, bool) {
	for _, file := range files {
		found := false
		err := r.options.Files.Look(file, func(content []byte) { found = hasHash(content, hash) })
		if err == nil && found {
			return file, true
		}
	}
	return "", false
}

func hasHash(content []byte, hash string) bool {
	if len(hash) == 32 {
		sum := md5.Sum(content) //nolint:gosec // see the import
		return hex.EncodeToString(sum[:]) == hash
	}
	sum := sha256.Sum256(content)
	if hex.EncodeToString(sum[:]) == hash {
		return true
	}
	var compact bytes.Buffer
	if json.Compact(&compact, content) != nil {
		return false
	}
	sum = sha256.Sum256(compact.Bytes())
	return hex.EncodeToString(sum[:]) == hash
}
