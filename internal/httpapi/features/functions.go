package features

import (
	"github.com/hanoitwin/hanoitwin/internal/cql2"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
)

// functionsDocument is GET /functions: the functions that filters may call beside
// those of the standard.
type functionsDocument struct {
	Functions []filterFunction `json:"functions"`
	Links     []edge.Link      `json:"links"`
}

type filterFunction struct {
	Name        string           `json:"name"`
	Description string           `json:"description"`
	Arguments   []filterArgument `json:"arguments"`
	Returns     []string         `json:"returns"`
}

type filterArgument struct {
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Type        []string `json:"type"`
}

// functions answers GET /functions.
func (x request) functions() error {
	if err := x.NoParameters(); err != nil {
		return err
	}
	return x.SendJSON(functionsDocument{
		Functions: []filterFunction{{
			Name:        cql2.DWithin,
			Description: x.Say("Đối tượng có cách một nơi không quá ngần ấy không. Khoảng cách đo trên mặt elipxôit WGS 84, giữa hai điểm gần nhau nhất; như của /nearby.", "Whether a feature is at most so far from a place. Distances are geodesic, on WGS 84, from the nearest point of one to the nearest of the other; the same as of /nearby."),
			Arguments: []filterArgument{
				{Title: "feature", Description: x.Say("Thuộc tính geometry.", "The property geometry."), Type: []string{"geometry"}},
				{Title: "place", Description: x.Say("Một hình, tọa độ theo filter-crs.", "A geometry, its coordinates in filter-crs."), Type: []string{"geometry"}},
				{Title: "distance", Description: x.Say("Tính bằng mét.", "In metres."), Type: []string{"number", "integer"}},
			},
			Returns: []string{"boolean"},
		}},
		Links: x.SelfLinks(x.Base() + "/functions"),
	})
}
