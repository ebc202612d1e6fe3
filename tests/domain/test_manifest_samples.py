"""Every shape of manifest that the manual shows, for every cloud, with values of our own; its slips as well."""

import pytest

from gloss.domain.errors import Malformed
from gloss.domain.job import ManifestFormat
from gloss.domain.manifest.opening import opened
from gloss.domain.manifest.reading import rows

PLACES = {
    "aws": "https://acme-raw.s3.eu-west-2.amazonaws.com/line-3",
    "gcp": "https://storage.googleapis.com/acme-raw/line-3",
    "azure": "https://acme.blob.core.windows.net/raw/line-3",
    "otc": "https://acme-raw.obs.eu-de.otc.t-systems.com/line-3",
    "access point": "https://arn:aws:s3::123412341234:accesspoint/mfzwi23gnjvgw.mrap.s3-accesspoint.amazonaws.com/line-3",
    "relative": "line-3/a+(1)",
}
FACTS = '{"fps": 25, "duration": "40.0", "width": 1920, "height": 1080, "file_size": 7, "mime_type": "video/mp4"}'
TOLD = '"clientMetadata": {"site": "north", "wet": true'
MARKED = TOLD + ', "$encord": {"frames": ["0", "75"]}}'
EMBEDDED = TOLD + ', "$encord": {"config": %s, "frames": {"2.5": {"clip": [1.0, 2.0]}, "31": {"clip": [0.5, 1]}}}}'
STEERED = EMBEDDED % '{"sampling_rate": "0", "keyframe_mode": "seconds"}'

#: Name of the sample, its arrays with @ for the place, and the kinds of its units.
SAMPLES = {
    "videos": (
        '"videos": [{"objectUrl": "@/1.mp4"}, {"objectUrl": "@/2.mp4", "videoMetadata": ' + FACTS + "},"
        ' {"objectUrl": "@/3.mp4", "title": "t", ' + TOLD + "}},"
        ' {"objectUrl": "@/4.mp4", "title": "t", ' + MARKED + "},"
        ' {"objectUrl": "@/5.mp4", "title": "t", ' + STEERED + "}]",
        ["video"] * 5,
    ),
    "audio": (
        '"audio": [{"objectUrl": "@/1.mp3"}, {"objectUrl": "@/2.mp3", "title": "t", "audiometadata": {"duration": 1.5,'
        ' "file_size": 5, "mime_type": "audio/mp3", "sample_rate": 44100, "bit_depth": 16, "codec": "mp3",'
        ' "num_channels": 2}, ' + TOLD + "}}]",
        ["audio"] * 2,
    ),
    "pdfs": ('"pdfs": [{"objectUrl": "@/1.pdf"}, {"objectUrl": "@/2.pdf", "title": "t", ' + TOLD + "}}]", ["pdf"] * 2),
    "text": ('"text": [{"objectUrl": "@/1.html"}, {"objectUrl": "@/2.txt", ' + TOLD + "}}]", ["text"] * 2),
    "images": (
        '"images": [{"objectUrl": "@/1.png"}, {"objectUrl": "@/2.png", "title": "t", '
        + TOLD
        + ', "clip": [1.0, 2.0]}},'
        ' {"objectUrl": "@/3", "imageMetadata": {"mime_type": "image/png", "file_size": 5, "width": 4, "height": 3}}]',
        ["image"] * 3,
    ),
    "image groups": (
        '"image_groups": [{"title": "one", "createVideo": false, "objectUrl_0": "@/1.png", "objectUrl_1": "@/2.png"},'
        ' {"title": "two", "createVideo": false, "objectUrl_0": "@/3.png", ' + TOLD + "}}]",
        ["image_group"] * 2,
    ),
    "image sequences": (
        '"image_groups": [{"title": "one", "createVideo": true, "objectUrl_0": "@/1.png"},'
        ' {"title": "two", "createVideo": true, "objectUrl_0": "@/2.png", "objectUrl_1": "@/3.png", ' + TOLD + "}}]",
        ["image_sequence"] * 2,
    ),
    "series": (
        '"dicom_series": [{"title": "one", "objectUrl_0": "@/1.dcm"},'
        ' {"title": "two", "objectUrl_0": "@/2.dcm", "objectUrl_1": "@/3.dcm"}]',
        ["dicom_series"] * 2,
    ),
    "nifti": ('"nifti": [{"title": "one", "objectUrl": "@/1.nii"}, {"objectUrl": "@/2.nii.gz"}]', ["nifti"] * 2),
    "all together": (
        '"images": [{"objectUrl": "@/1.png"}], "videos": [{"objectUrl": "@/2.mp4"}, {"objectUrl": "@/3.mp4"}],'
        ' "image_groups": [{"title": "one", "createVideo": true, "objectUrl_0": "@/4.jpg", "objectUrl_1": "@/5.jpg"},'
        ' {"title": "two", "createVideo": true, "objectUrl_0": "@/6.jpg"}],'
        ' "image_groups": [{"title": "three", "createVideo": false, "objectUrl_0": "@/7.jpg"}]',
        ["image", "video", "video", "image_sequence", "image_sequence", "image_group"],
    ),
}
TABLES = {
    "ObjectUrl\n@/1.mp4\n@/2.mp4\n": ["video"] * 2,
    "ObjectURL,Video title\n@/1.mp4,Video 1\n@/2.mp4,\n": ["video"] * 2,
    "OBJECTURL,image TITLE\n@/1.jpg,Image 1\n@/2.jpg,\n": ["image"] * 2,
    "ObjectUrl,Image group title,Create video\n@/1.jpg,G,false\n@/2.jpg,G,false\n@/3.jpg,H,false\n": ["image_group"]
    * 2,
    "ObjectUrl,Image group title,Create video\n@/1.jpg,S,true\n@/2.jpg,S,\n@/3.jpg,T,true\n": ["image_sequence"] * 2,
    "ObjectUrl,Series title\n@/1.dcm,A\n@/2.dcm,A\n@/3.dcm,B\n": ["dicom_series"] * 2,
    "ObjectUrl,Dicom title\n@/1.dcm,A\n@/2.dcm,\n": ["dicom_series"] * 2,
    "ObjectUrl,Image group title,Create video\n@/1.jpg,S,true\n@/2.jpg,S,true\n@/3.jpg,G,false\n"
    "ObjectUrl,Image title,Create video\n@/4.jpg,I,false\nObjectUrl,Image title,Create video\n@/5.jpg,V,false\n"
    "ObjectUrl,Video title,Create video\n@/6.mp4,V,false\n": [
        "image",
        "image",
        "video",
        "image_sequence",
        "image_group",
    ],
}


def a_sample(name, place):
    arrays, _ = SAMPLES[name]
    return f'{{{arrays}, "skip_duplicate_urls": true}}'.replace("@", PLACES[place])


def read(form, text, lenient=False):
    manifest = opened(form, [text.encode()], lenient)
    return list(rows(manifest)), manifest


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", SAMPLES)
def test_every_json_sample_of_every_cloud_is_read_whole(name, place):
    found, manifest = read(ManifestFormat.JSON, a_sample(name, place))

    assert [row.kind for row in found] == SAMPLES[name][1]
    assert all(url.startswith(PLACES[place]) for row in found for url in row.urls)
    assert manifest.flags.skip_duplicate_urls
    assert len(manifest.warnings) == (name == "all together")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", TABLES)
def test_every_csv_sample_of_every_cloud_is_read_whole(text, place):
    found, _ = read(ManifestFormat.CSV, text.replace("@", PLACES[place]))

    assert [row.kind for row in found] == TABLES[text]


@pytest.mark.parametrize("name", ["image groups", "series"])
def test_a_trailing_comma_is_a_positioned_error_and_lenient_overlooks_it(name):
    text = a_sample(name, "aws").replace('"}', '",\n}', 1)

    with pytest.raises(Malformed, match="line 2, column 1: trailing comma"):
        read(ManifestFormat.JSON, text)
    assert [row.kind for row in read(ManifestFormat.JSON, text, lenient=True)[0]] == SAMPLES[name][1]


@pytest.mark.parametrize("lenient", [False, True])
def test_a_missing_comma_is_a_positioned_error_in_any_mode(lenient):
    text = a_sample("videos", "aws").replace("},", "}\n", 1)

    with pytest.raises(Malformed, match="line 2, column 2: ',' was expected between two values"):
        read(ManifestFormat.JSON, text, lenient)
